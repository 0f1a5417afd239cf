// What a connected card shows: as whom, what was granted, and what to do next.

import { button, copyButton, isPressable, make } from "./dom.js";
import { ProjectChoice } from "./project_choice.js";
import { duration } from "./texts.js";

export class Connection {
  /**
   * @param {string} prefix of ids
   * @param {{ press: (kind: string) => void, choose: (chosen: Record<string, string>) => void, requestView: () => void }} listener
   */
  constructor(prefix, listener) {
    this.listener = listener;
    /** @type {any} */
    this.shown = null;
    this.offersChoice = false;
    this.greeting = make("p", { className: "zbt-greeting" });
    this.facts = make("dl", { className: "zbt-facts" });
    this.scopesTitle = make("summary", { textContent: "Granted" });
    this.granted = make("ul", { className: "zbt-scopes" });
    this.missing = make("ul", { className: "zbt-scopes" });
    const press = (/** @type {string} */ text, /** @type {string} */ kind, className = "") => {
      const control = button(text, className, () => isPressable(control) && listener.press(kind));
      return control;
    };
    this.keep = press("Keep", "keep", "zbt-primary");
    this.another = press("Sign in as someone else", "another");
    this.refresh = press("Refresh", "refresh");
    this.signOut = press("Sign out", "sign_out");
    this.buttons = [this.keep, this.another, this.refresh, this.signOut];
    this.choice = new ProjectChoice(`${prefix}choice-`, (chosen) => listener.choose(chosen));
    this.choiceStatus = make("p", { className: "zbt-help", "aria-live": "polite" });
    this.line = make("code", { className: "zbt-line" });
    this.tomorrow = ""; // the line that signs in
    const copy = copyButton("Copy the lines", () => this.line.textContent);
    this.lineRow = make(
      "div",
      { className: "zbt-prompt-line", hidden: true },
      "In the first cell, so that Run All works tomorrow: ",
      this.line,
      copy,
    );
    this.next = make(
      "div",
      { className: "zbt-next", role: "group", "aria-label": "Next step", hidden: true },
      make("div", { className: "zbt-subtitle", textContent: "Next: what do you work on?" }),
      make("div", { className: "zbt-choice" }, ...this.choice.elements),
      this.choiceStatus,
      this.lineRow,
    );
    this.element = make(
      "div",
      { className: "zbt-connected" },
      this.greeting,
      this.facts,
      make("details", { className: "zbt-granted" }, this.scopesTitle, this.granted),
      this.missing,
      make("div", { className: "zbt-row" }, ...this.buttons),
      this.next,
    );
  }

  /** @param {any} view */
  show(view) {
    const { connection } = view;
    const isNew = Boolean(connection) && !this.shown;
    this.shown = connection;
    if (!connection) {
      this.offersChoice = false;
      return;
    }
    this.tomorrow = view.tomorrow ?? "";
    this.shownAt = performance.now();
    this.asked = false;
    const as = connection.account || connection.name;
    this.greeting.textContent = view.greets ? `Connected as ${as}` : "";
    for (const control of [this.keep, this.another]) control.hidden = !view.greets;
    const fact = (/** @type {string} */ term, /** @type {(Node | string)[]} */ ...what) =>
      make("div", {}, make("dt", { textContent: term }), make("dd", {}, ...what));
    this.left = make("span");
    this.facts.replaceChildren(
      fact("Connection", connection.name),
      ...(connection.account ? [fact("Account", connection.account)] : []),
      fact("Data centre", `${connection.data_center} · ${connection.host}`),
      fact("Client", make("span", { className: "zbt-mono", textContent: connection.client_id })),
      fact("Access token", this.left),
    );
    const missing = connection.missing.length;
    this.scopesTitle.textContent = missing
      ? `Granted, except ${missing} of the permissions you asked for`
      : `Granted, as you asked: ${connection.granted.length} permissions`;
    const { family } = view.scopes;
    this.granted.replaceChildren(
      ...connection.granted.map((/** @type {string} */ scope) => scopeItem(family, scope, true)),
    );
    this.missing.replaceChildren(
      ...connection.missing.map((/** @type {string} */ scope) => scopeItem(family, scope, false)),
    );
    this.refresh.hidden = !connection.can_refresh;
    if (view.can_choose && !view.greets && (isNew || !this.offersChoice)) {
      this.offersChoice = true;
      this.listener.choose({});
    }
    this.tick();
  }

  /** @param {any} view */
  showChoice(view) {
    this.next.hidden = false;
    this.choice.show(view);
    this.choiceStatus.textContent = view.status.filter(Boolean).join(" ");
    this.line.textContent = [this.tomorrow, view.line].filter(Boolean).join("\n");
    this.lineRow.hidden = !this.line.textContent;
  }

  /** Another cell may have said what is in use. */
  updateChoice() {
    if (this.offersChoice) this.listener.choose({});
  }

  tick() {
    if (!this.shown || !this.left) return;
    const left = this.shown.seconds_left - (performance.now() - (this.shownAt ?? 0)) / 1000;
    const renewed = this.shown.can_refresh ? ", then renewed by itself" : "";
    this.left.textContent =
      left > 0
        ? `good for ${duration(left)}${renewed}`
        : this.shown.can_refresh
          ? "renewed at the next call"
          : "expired";
    if (left <= 0 && !this.asked) {
      this.asked = true; // once: the kernel may know of a newer one
      this.listener.requestView();
    }
  }
}

/**
 * @param {string} family
 * @param {string} scope
 * @param {boolean} granted
 */
function scopeItem(family, scope, granted) {
  const item = make("li", {
    textContent: scope.startsWith(`${family}.`) ? scope.slice(family.length + 1) : scope,
    title: scope,
  });
  if (!granted) item.append(make("em", { textContent: " not granted" }));
  item.dataset.granted = String(granted);
  return item;
}
