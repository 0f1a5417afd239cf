// The form of a sign-in: the registered client, its data centre, and what is asked for.

import { button, copyButton, hiddenInput, make, plainInput } from "./dom.js";
import { clientIdProblem, redirectUriProblem, scopesProblem, secretProblem } from "./field_checks.js";
import { ScopePicker } from "./scope_picker.js";
import { webAddress } from "./texts.js";

export const NAMES = /** @type {const} */ (["data_center", "client_id", "client_secret", "redirect_uri", "scopes"]);

export class ClientForm {
  /**
   * @param {string} prefix of ids
   * @param {{ changed: (isSecret: boolean) => void, entered: () => void, forget: () => void }} listener
   */
  constructor(prefix, listener) {
    this.prefix = prefix;
    this.listener = listener;
    /** @type {Set<string>} */
    this.typed = new Set(); // fields typed into since Python told something
    this.edited = new Set(); // fields typed into: until Python tells the same, what it tells is older, and replaces nothing
    /** @type {Record<string, any>} */
    this.fields = {
      data_center: make("select"),
      client_id: plainInput({ className: "zbt-mono", placeholder: "1000.…" }),
      client_secret: hiddenInput({ className: "zbt-mono" }),
      redirect_uri: plainInput({ className: "zbt-mono", inputMode: "url" }),
      scopes: make("textarea", { rows: 3, spellcheck: false, className: "zbt-mono" }),
    };
    /** @type {Record<string, any>} */
    this.problems = {};
    /** @type {Record<string, any>} */
    this.checks = {};
    this.picker = new ScopePicker(this.fields.scopes, prefix, () => this.touched("scopes"));
    this.build();
  }

  build() {
    this.steps = this.buildSteps();
    this.origin = make("p", { className: "zbt-origin" });
    this.hint = make("span", { className: "zbt-help", textContent: "as in the address of your Zoho" });
    this.permissions = this.fold(
      "Scopes",
      "Permissions",
      "scopes",
      () => this.picker.summary(),
      [this.picker.presets],
      [this.picker.element],
    );
    this.redirect = this.fold(
      "Redirect URI",
      "Redirect URI",
      "redirect_uri",
      () => this.fields.redirect_uri.value,
      [],
      [
        make("p", {
          className: "zbt-help",
          textContent: "The very address that is registered in the API console, to the letter.",
        }),
      ],
    );
    this.redirect.summary.after(copyButton("Copy", () => this.fields.redirect_uri.value));
    this.client = make(
      "div",
      { className: "zbt-client" },
      this.row("Client ID", "client_id"),
      this.row("Client secret", "client_secret", this.steps.summary),
      this.steps.content,
      this.row("Data centre", "data_center", this.hint),
    );
    this.element = make(
      "div",
      { className: "zbt-form" },
      this.origin,
      this.client,
      make("div", { className: "zbt-folds" }, this.permissions.element, this.redirect.element),
    );
    for (const name of NAMES) {
      const field = this.fields[name];
      field.addEventListener("input", () => this.touched(name));
      field.addEventListener("change", () => this.checkSoon(name, 250)); // later than the click that left the field: nothing moves under it
      field.addEventListener(
        "keydown",
        (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && name !== "scopes" && this.listener.entered(),
      );
    }
    this.fields.data_center.addEventListener("change", () => this.showSite());
  }

  buildSteps() {
    const id = `${this.prefix}steps`;
    const content = make("ol", { className: "zbt-steps", id, hidden: true });
    const summary = make("button", {
      type: "button",
      className: "zbt-text-button",
      textContent: "No client yet? Four steps",
      "aria-expanded": "false",
      "aria-controls": id,
    });
    summary.onclick = () => {
      content.hidden = !content.hidden;
      summary.setAttribute("aria-expanded", String(!content.hidden));
    };
    this.console = make("a", {
      className: "zbt-button zbt-small",
      target: "_blank",
      rel: "noopener noreferrer",
      textContent: "Open the API console",
    });
    this.uri = make("code");
    content.append(
      make("li", {}, this.console, " of your data centre."),
      make(
        "li",
        {},
        "Press ",
        make("b", { textContent: "Add Client" }),
        " and choose ",
        make("b", { textContent: "Server-based Applications" }),
        ".",
      ),
      make(
        "li",
        {},
        "Give it any name and homepage, and this redirect URI: ",
        this.uri,
        " ",
        copyButton("Copy redirect URI", () => this.fields.redirect_uri.value),
      ),
      make("li", {}, "Copy its client ID and its client secret into this card."),
    );
    return { summary, content };
  }

  /** A labelled control in a row, with what is beside it and what is wrong with it.
   * @param {string} label
   * @param {string} name
   * @param {...Node} beside
   */
  row(label, name, ...beside) {
    return make(
      "div",
      { className: "zbt-row-field" },
      this.labelOf(label, name),
      make("div", { className: "zbt-beside" }, this.fields[name], ...beside),
      this.problemOf(name),
    );
  }

  /**
   * @param {string} label
   * @param {string} name
   */
  labelOf(label, name) {
    const field = this.fields[name];
    field.id = this.prefix + name;
    field.classList.add("zbt-control");
    field.dataset.lmSuppressShortcuts = "true"; // Notebook 7 heeds it on the focused control alone: arrows choose here
    return make("label", { for: field.id, textContent: label });
  }

  /** @param {string} name */
  problemOf(name) {
    const id = `${this.prefix}${name}-problem`;
    this.problems[name] = make("p", { className: "zbt-problem", id, "aria-live": "polite" });
    this.fields[name].setAttribute("aria-describedby", id);
    return this.problems[name];
  }

  /** A field behind its summary and a button.
   * @param {string} label
   * @param {string} title
   * @param {string} name
   * @param {() => string} summarize
   * @param {Node[]} above
   * @param {Node[]} below
   */
  fold(label, title, name, summarize, above, below) {
    const summary = make("span", { className: "zbt-summary" });
    const titleId = `${this.prefix}${name}-title`;
    const head = make(
      "div",
      { className: "zbt-fold-head" },
      make("span", { className: "zbt-fold-title", id: titleId, textContent: title }),
      summary,
    );
    const inside = make(
      "div",
      { className: "zbt-inside", hidden: true },
      ...above,
      this.labelOf(label, name),
      this.fields[name],
      this.problemOf(name),
      ...below,
    );
    const change = button("Change", "zbt-small", () => open());
    change.setAttribute("aria-describedby", titleId);
    const open = () => {
      inside.hidden = false;
      head.hidden = true;
      this.fields[name].setSelectionRange(0, 0); // a long list begins at its beginning
      this.fields[name].focus();
      this.fields[name].scrollTop = 0;
    };
    head.append(change);
    return { element: make("div", { className: "zbt-fold" }, head, inside), summary, summarize, inside, open };
  }

  /**
   * @param {string} name
   * @param {number} milliseconds
   */
  checkSoon(name, milliseconds) {
    clearTimeout(this.checks[name]);
    this.checks[name] = setTimeout(() => this.check(name), milliseconds);
  }

  /** @param {string} name */
  touched(name) {
    this.edited.add(name);
    this.typed.add(name);
    this.showValidity(name);
    this.checkSoon(name, 800);
    this.summarize();
    this.listener.changed(name === "client_secret");
  }

  /** Say at the field what is wrong with it; give whether something is.
   * @param {string} name
   */
  check(name) {
    const value = (/** @type {string} */ of) => this.fields[of].value;
    /** @type {Record<string, string>} */
    const found = {
      client_id: clientIdProblem(value("client_id")),
      client_secret: secretProblem(value("client_secret"), value("client_id")),
      redirect_uri: redirectUriProblem(value("redirect_uri")),
      scopes: scopesProblem(value("scopes")),
    };
    this.mark(name, found[name] ?? "");
    return Boolean(found[name]);
  }

  /**
   * @param {string} name
   * @param {string} problem
   */
  mark(name, problem) {
    if (this.problems[name].textContent !== problem) this.problems[name].textContent = problem;
    this.showValidity(name);
  }

  /**
   * A field is at fault where this form says so, or Python did and it was not typed into since.
   * @param {string} name
   */
  showValidity(name) {
    const isAtFault = this.view?.failed && this.view.field === name && !this.typed.has(name);
    this.fields[name].setAttribute("aria-invalid", String(Boolean(isAtFault || this.problems[name].textContent)));
  }

  /** The first field with a problem that no kernel and no Zoho need to be asked about; it is opened and gets the focus. */
  firstAtFault() {
    const faulty = NAMES.filter((name) => this.check(name)).filter(
      (name) => name === "client_secret" || (name === "client_id" && this.isZoho()),
    );
    if (faulty.length) this.focus(faulty[0]);
    return faulty[0];
  }

  isZoho() {
    return Boolean(this.site()?.console_url); // a stand-in may number its clients as it likes
  }

  /** @param {string} name */
  focus(name) {
    if (name === "scopes" && this.permissions) this.permissions.open();
    if (name === "redirect_uri" && this.redirect) this.redirect.open();
    if (this.client) this.client.hidden = false;
    this.fields[name].focus();
  }

  values() {
    return Object.fromEntries(
      NAMES.filter((name) => name !== "client_secret").map((name) => [name, this.fields[name].value]),
    );
  }

  takeSecret() {
    const secret = this.fields.client_secret.value;
    this.fields.client_secret.value = "";
    return secret;
  }

  /** @param {any} view */
  show(view) {
    const names = view.data_centers.map((/** @type {any} */ site) => site.name);
    const options = [...this.fields.data_center.options].map((option) => option.value);
    if (options.join() !== names.join()) {
      this.fields.data_center.replaceChildren(
        ...view.data_centers.map((/** @type {any} */ site) =>
          make("option", { value: site.name, textContent: siteName(site) }),
        ),
      );
    }
    this.picker.build(view.scopes);
    for (const [name, value] of Object.entries(view.form)) {
      if (this.fields[name].value === value) this.edited.delete(name);
      else if (!this.edited.has(name)) this.fields[name].value = value;
    }
    this.view = view;
    this.typed.clear();
    for (const name of NAMES) this.showValidity(name);
    this.fields.client_secret.placeholder = view.secret_held ? "held in the kernel" : "";
    this.redirect?.element.toggleAttribute("hidden", view.self_client);
    this.showOrigin(view);
    this.steps?.summary.toggleAttribute("hidden", Boolean(view.filled_in));
    this.picker.show();
    this.summarize();
    this.showSite();
  }

  /** @param {any} view */
  showOrigin(view) {
    const isFilledIn = Boolean(view.filled_in);
    const client = view.form.client_id;
    if (isFilledIn && this.folded === undefined && view.filled_in.startsWith("by ")) {
      this.folded = true; // who set the server up has filled everything in: one button is left to press
      if (this.client) this.client.hidden = true;
    }
    const words = isFilledIn
      ? ["Filled in ", view.filled_in, "."]
      : view.remembered
        ? ["Filled in as the last time; the secret is not kept. "]
        : [];
    const controls =
      isFilledIn && this.client?.hidden
        ? [
            " ",
            make("code", { textContent: client }),
            " ",
            button("Change the client", "zbt-small", () => this.unfold()),
          ]
        : [];
    if (view.remembered && !isFilledIn) controls.push(button("Forget", "zbt-small", () => this.listener.forget()));
    const content = [...words, client, String(this.client?.hidden), String(view.remembered)].join("|");
    if (this.origin?.dataset.content === content) return; // rebuilt only where it changes: the keyboard may be in it
    this.origin?.replaceChildren(...words, ...controls);
    this.origin?.toggleAttribute("hidden", !words.length);
    if (this.origin) this.origin.dataset.content = content;
  }

  unfold() {
    if (this.client) this.client.hidden = false;
    this.showOrigin(this.view);
    this.fields.client_id.focus();
  }

  summarize() {
    for (const fold of [this.permissions, this.redirect]) if (fold) fold.summary.textContent = fold.summarize();
    this.uri.textContent = this.fields.redirect_uri.value;
  }

  site() {
    return this.view?.data_centers.find((/** @type {any} */ known) => known.name === this.fields.data_center.value);
  }

  showSite() {
    const address = webAddress(this.site()?.console_url ?? "");
    if (address) this.console.href = address;
    else this.console.removeAttribute("href"); // where the data centre is none of Zoho's, its console is not known
    this.hint.hidden = !this.isZoho();
  }
}

const REGIONS = /** @type {Record<string, string>} */ ({
  us: "United States",
  eu: "Europe",
  in: "India",
  au: "Australia",
  jp: "Japan",
  ca: "Canada",
  uk: "United Kingdom",
  sa: "Saudi Arabia",
  cn: "China",
  ae: "United Arab Emirates",
  sg: "Singapore",
});

/** @param {{ name: string, host: string }} site */
function siteName(site) {
  return `${REGIONS[site.name] ?? site.name} · ${site.host.replace(/^accounts\./, "")}`;
}
