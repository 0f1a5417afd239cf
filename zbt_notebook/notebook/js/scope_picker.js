// The permissions: three presets with what they allow in words, and a grid of all scopes. Both write one text field.

import { make } from "./dom.js";
import { scopesIn } from "./texts.js";

const OPERATIONS = ["READ", "CREATE", "UPDATE", "DELETE", "ALL"];
const OWN = "Own choice";

export class ScopePicker {
  /**
   * @param {any} field the text field that holds the scopes
   * @param {string} prefix of ids and names
   * @param {() => void} changed
   */
  constructor(field, prefix, changed) {
    this.field = field;
    this.prefix = prefix;
    this.changed = changed;
    this.presets = make("div", { className: "zbt-presets", role: "radiogroup", "aria-label": "Presets" });
    this.grid = make("div", { className: "zbt-grid" });
    this.element = make(
      "details",
      { className: "zbt-picker" },
      make("summary", { textContent: "Choose from the list" }),
      this.grid,
    );
    field.addEventListener("input", () => this.show());
  }

  /** @param {any} scopes what Python tells of them */
  build(scopes) {
    if (this.known) return;
    this.known = scopes;
    const choice = (/** @type {string} */ name, /** @type {string} */ words, /** @type {() => void} */ onchange) =>
      make(
        "label",
        {},
        make("input", { type: "radio", name: `${this.prefix}preset`, value: name, "aria-label": name, onchange }),
        make("span", {}, make("b", { textContent: name }), words && ` ${words}`),
      );
    this.presets.append(
      ...scopes.presets.map((/** @type {[string, string[], string]} */ [name, list, allows]) =>
        choice(name, allows, () =>
          this.pick([...list, ...(list.includes(scopes.profile) ? [] : this.pickedOf(scopes.profile))]),
        ),
      ),
      choice(OWN, "scope by scope, in the list below", () => {
        this.element.open = true;
      }),
    );
    this.grid.append(make("label", { className: "zbt-profile" }, this.box(scopes.profile, {}), "Who is signed in"));
    const head = make(
      "tr",
      {},
      make("td"),
      ...OPERATIONS.map((operation) => make("th", { scope: "col", textContent: operation.toLowerCase() })),
    );
    const rows = scopes.modules.map((/** @type {[string, string[]]} */ [module, operations]) =>
      make(
        "tr",
        {},
        make("th", { scope: "row", textContent: module }),
        ...OPERATIONS.map((operation) =>
          make("td", {}, ...(operations.includes(operation) ? [this.boxOf(module, operation)] : [])),
        ),
      ),
    );
    this.grid.append(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  /**
   * @param {string} module
   * @param {string} operation
   */
  boxOf(module, operation) {
    return this.box(`${this.known.family}.${module}.${operation}`, {
      "aria-label": `${module} ${operation.toLowerCase()}`,
    });
  }

  /**
   * @param {string} scope
   * @param {Record<string, string>} name
   */
  box(scope, name) {
    const box = make("input", { type: "checkbox", value: scope, ...name });
    box.addEventListener("change", () => {
      const others = scopesIn(this.field.value).filter((one) => one.toLowerCase() !== scope.toLowerCase());
      this.pick(box.checked ? [...others, scope] : others);
    });
    return box;
  }

  /** @param {string} scope */
  pickedOf(scope) {
    return scopesIn(this.field.value).filter((one) => one.toLowerCase() === scope.toLowerCase());
  }

  /** @param {string[]} scopes */
  pick(scopes) {
    this.field.value = scopes.join(", ");
    this.show();
    this.changed();
  }

  show() {
    const picked = new Set(scopesIn(this.field.value).map((scope) => scope.toLowerCase()));
    for (const box of this.grid.querySelectorAll("input")) box.checked = picked.has(box.value.toLowerCase());
    for (const radio of this.presets.querySelectorAll("input")) radio.checked = radio.value === this.preset();
  }

  /** The name of the preset that the field holds, the profile aside; *Own choice* where it is none. */
  preset() {
    if (!this.known) return OWN;
    const profile = this.known.profile.toLowerCase();
    const same = (/** @type {string[]} */ scopes) =>
      scopes
        .map((scope) => scope.toLowerCase())
        .filter((scope) => scope !== profile)
        .sort()
        .join();
    const held = same(scopesIn(this.field.value));
    return this.known.presets.find((/** @type {[string, string[]]} */ [, scopes]) => same(scopes) === held)?.[0] ?? OWN;
  }

  /** What is chosen, in a few words. */
  summary() {
    return `${this.preset()} · ${scopesIn(this.field.value).length}`;
  }
}
