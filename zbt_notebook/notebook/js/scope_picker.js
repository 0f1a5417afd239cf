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
    /** @type {Map<any, Set<string>>} */
    this.boxes = new Map();
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
    this.grid.append(make("label", { className: "zbt-profile" }, this.box([scopes.profile], {}), "Who is signed in"));
    const head = make(
      "tr",
      {},
      make("td"),
      ...OPERATIONS.map((operation) => make("th", { scope: "col", textContent: operation.toLowerCase() })),
    );
    const rows = scopes.modules.map((/** @type {[string, Record<string, string[]>]} */ [module, choices]) =>
      make(
        "tr",
        {},
        make("th", { scope: "row", textContent: module }),
        ...OPERATIONS.map((operation) =>
          make(
            "td",
            {},
            ...(choices[operation]
              ? [this.box(choices[operation], { "aria-label": `${module} ${operation.toLowerCase()}` })]
              : []),
          ),
        ),
      ),
    );
    this.grid.append(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  /** One choice, which may stand for several scopes: the same one in each of Zoho's families.
   * @param {string[]} scopes
   * @param {Record<string, string>} name
   */
  box(scopes, name) {
    const box = make("input", { type: "checkbox", ...name });
    const own = new Set(scopes.map((scope) => scope.toLowerCase()));
    this.boxes.set(box, own);
    box.addEventListener("change", () => {
      const others = scopesIn(this.field.value).filter((one) => !own.has(one.toLowerCase()));
      this.pick(box.checked ? [...others, ...scopes] : others);
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
    for (const [box, own] of this.boxes) {
      const held = [...own].filter((scope) => picked.has(scope)).length;
      box.checked = held === own.size;
      box.indeterminate = held > 0 && !box.checked;
    }
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
