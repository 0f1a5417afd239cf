// The sign-in card. Everything it shows comes from Python in a message {kind: "view", …}, everything the user does goes
// there in a message. The client secret and the code live in their inputs alone, and are blanked in the handler that
// sends them.

import { Channel } from "./channel.js";
import { ClientForm } from "./client_form.js";
import { Connection } from "./connection.js";
import { Consent } from "./consent.js";
import {
  button,
  copyButton,
  focusedNear,
  isPressable,
  keepKeys,
  make,
  say,
  setPressable,
  uniquePrefix,
} from "./dom.js";
import { followTheme } from "./theme.js";

const SHORT_CODE = "Use a short code";
const PROMPT = "Paste in a prompt instead";
const KEEP = "Keep me signed in on this machine";

class Card {
  /**
   * @param {any} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.prefix = uniquePrefix();
    /** @type {any} */
    this.view = null;
    this.requestId = ""; // of the request that this very card sent and that is not answered yet; the focus follows its answer
    this.requests = 0;
    this.form = new ClientForm(this.prefix, {
      changed: (isSecret) => this.tellForm(isSecret),
      entered: () => this.begin("start"),
      forget: () => this.press("forget"),
    });
    this.consent = new Consent(this.prefix, {
      pasted: (text) => this.sendCode(text),
      again: () => this.begin("start_again"),
      clientId: () => this.form.fields.client_id.value,
    });
    this.connection = new Connection(this.prefix, {
      press: (kind) => this.press(kind),
      choose: (chosen) => this.channel.tell("choice", chosen),
      requestView: () => this.requestView(),
    });
    this.build();
    el.append(this.root);
    this.leaveTheme = followTheme(this.root);
    this.channel = new Channel(model, {
      received: (content) => this.hear(content),
      unanswered: () => this.unanswered(),
      restarted: () => this.isOver("The kernel was restarted"),
    });
    this.back = () => this.cameBack();
    document.addEventListener("visibilitychange", this.back);
    window.addEventListener("focus", this.back);
    this.clock = setInterval(() => this.tick(), 1000);
    this.channel.send("hello", { page: location.origin + location.pathname });
  }

  remove() {
    clearInterval(this.clock);
    document.removeEventListener("visibilitychange", this.back);
    window.removeEventListener("focus", this.back);
    this.channel.close();
    this.leaveTheme();
  }

  // ---- what goes to Python

  /** What begins something takes the form along, as it is typed.
   * @param {string} kind
   */
  begin(kind) {
    if (!this.view || this.isBusy() || this.view.phase === "connected") return;
    if (this.form.firstAtFault()) return;
    const isLink = kind === "start" || (kind === "start_again" && this.view.method === "link");
    if (isLink && !this.view.self_client && (this.view.secret_held || this.form.fields.client_secret.value))
      this.consent.openTab();
    this.press(kind, { attempt: this.view.attempt, ...this.form.values() }, { client_secret: this.form.takeSecret() });
  }

  /** @param {string} text */
  sendCode(text) {
    if (this.view && isPressable(this.consent.connect)) this.press("code", {}, { code: text });
  }

  /**
   * @param {string} kind
   * @param {Record<string, any>} [said]
   * @param {Record<string, string>} [unseen]
   */
  press(kind, said = {}, unseen = {}) {
    this.requests += 1;
    this.requestId = `${this.prefix}${this.requests}`;
    this.setBusy(true);
    this.channel.send(kind, { ...said, request_id: this.requestId }, unseen);
  }

  /**
   * What was typed is told at once where a link waits, for it would still ask for what was there before.
   * Of the secret is told that it changed, not what it is.
   * @param {boolean} isSecret
   */
  tellForm(isSecret) {
    const isWaiting = this.view?.phase === "waiting";
    if (isSecret && !isWaiting) return; // the press that begins brings it
    clearTimeout(this.typing);
    const tell = () => this.view && this.channel.tell("form", { ...this.form.values(), secret_typed: isSecret });
    if (isWaiting) {
      this.consent.linkRow.hidden = true;
      this.note.textContent = "Changed: press Sign in again";
      tell();
    } else this.typing = setTimeout(tell, 300);
  }

  askInPrompt() {
    if (!this.view || !isPressable(this.promptButton)) return;
    if (this.view.prompt)
      this.press(
        "prompt",
        { attempt: this.view.attempt, ...this.form.values() },
        { client_secret: this.form.takeSecret() },
      );
    else this.openPromptLine(this.promptRow.hidden);
  }

  /** Ask Python for the view as it is now. */
  requestView() {
    if (this.view) this.channel.send("view");
  }

  unanswered() {
    this.setBusy(false);
    if (!this.view) {
      this.isOver("This card belongs to an earlier session");
      return;
    }
    this.patience.textContent =
      "The kernel has not answered yet. It may be busy: this goes on when it is free. After a restart, run the cell again.";
    if (this.view.phase === "connected") this.say(["The kernel has not answered yet"], "asleep");
  }

  /** @param {string} what */
  isOver(what) {
    this.setBusy(false);
    this.view = null;
    this.root.dataset.phase = "asleep";
    this.patience.textContent = "";
    this.note.textContent = "";
    this.say(
      [
        what,
        "Run the cell again. Where a text appears in place of a card, reload this page. If the kernel is only busy, this card wakes up by itself.",
      ],
      "asleep",
    );
  }

  // ---- what comes from Python

  /** @param {any} content */
  hear(content) {
    if (content?.kind === "view") this.show(content);
    else if (content?.kind === "choice") this.connection.showChoice(content);
  }

  /** @param {any} view */
  show(view) {
    const before = this.view;
    this.view = view;
    this.patience.textContent = "";
    if (before?.attempt !== view.attempt) this.consent.newAttempt();
    this.root.dataset.phase = view.phase;
    this.root.dataset.method = view.method;
    this.root.dataset.ended = view.ended;
    this.say(view.status, view.failed ? "failed" : view.phase === "form" && view.ended ? "ended" : view.phase);
    this.note.textContent = view.note;
    this.line.textContent = view.line;
    this.lineRow.hidden = !view.line;
    this.form.show(view);
    this.showActions(view);
    this.consent.show(view);
    this.connection.show(view);
    const answered = Boolean(this.requestId) && view.request_id === this.requestId && !view.busy; // not an echo of what was typed before
    if (answered) this.requestId = "";
    this.setBusy(Boolean(view.busy || this.requestId) || view.prompt === "under way");
    if (view.shares_phase) this.channel.share(view.phase);
    if (answered) {
      this.consent.settleTab(view);
      this.follow(view);
    }
  }

  /**
   * @param {string[]} lines
   * @param {string} tone
   */
  say(lines, tone) {
    this.root.dataset.tone = tone;
    say(this.status, lines);
  }

  /** @param {any} view */
  showActions(view) {
    this.keepBox.checked = view.keep;
    this.keepBox.disabled = Boolean(view.cannot_keep);
    this.cannotKeep.textContent = view.cannot_keep && `not possible here: ${view.cannot_keep}`;
    this.signIn.textContent = view.self_client ? "I have a code" : "Sign in at Zoho";
    this.signIn.classList.toggle("zbt-primary", view.phase !== "waiting");
    this.consent.again.hidden = view.phase !== "waiting" && !view.failed;
    this.shortCodeButton.hidden = view.self_client || view.method === "device";
    this.promptLine.textContent = view.prompt_line;
    this.promptButton.hidden = !view.prompt && !view.prompt_line;
    this.openPromptLine(!view.prompt && !this.promptRow.hidden);
    if (view.prompt) this.promptButton.removeAttribute("aria-expanded"); // it opens a line only where no cell waits
  }

  /** @param {boolean} open */
  openPromptLine(open) {
    this.promptRow.hidden = !open;
    this.promptButton.setAttribute("aria-expanded", String(open));
  }

  /** The focus goes where the user goes on, where their last step was in this card, and they are not elsewhere by now.
   * @param {any} view
   */
  follow(view) {
    const active = focusedNear(this.root);
    const isElsewhere = active && active !== document.body && !this.root.contains(active);
    if (isElsewhere || view.prompt === "under way") return; // the prompt has it
    if (view.failed && this.form.fields[view.field]) this.form.focus(view.field);
    else if (view.failed && view.field === "code") this.consent.code.focus();
    else if (view.phase === "waiting" && !view.failed)
      (this.consent.linkRow.querySelector("a") ?? this.consent.code).focus();
    else if (!active || active === document.body || !(/** @type {HTMLElement} */ (active).checkVisibility?.()))
      this.status.focus();
  }

  isBusy() {
    return this.root.getAttribute("aria-busy") === "true";
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.root.setAttribute("aria-busy", String(busy));
    for (const control of [
      this.signIn,
      this.consent.connect,
      this.consent.again,
      this.promptButton,
      this.shortCodeButton,
      ...this.connection.buttons,
    ])
      setPressable(control, !busy && Boolean(this.view));
  }

  // ---- time

  cameBack() {
    if (document.visibilityState !== "visible") return;
    this.requestView();
    this.connection.updateChoice();
    if (!this.consent.cameBack()) return;
    const active = focusedNear(this.root);
    if (!active || active === document.body || this.root.contains(active)) this.consent.code.focus();
  }

  /** Whoever points at a card that says Connected wants to know whether it still is: its kernel may be shut down. */
  pointedAt() {
    if (this.view?.phase === "connected" && !this.isBusy()) this.requestView();
    this.connection.updateChoice();
  }

  tick() {
    if (!this.view) return;
    this.consent.tick();
    this.connection.tick();
  }

  // ---- the parts, made once

  build() {
    this.root = make("section", { className: "zbt-card", "aria-label": "Zoho BugTracker sign-in" });
    keepKeys(this.root);
    this.root.addEventListener("pointerenter", () => this.pointedAt());
    this.root.dataset.phase = "loading";
    this.status = make("div", { className: "zbt-status", role: "status", tabIndex: -1 });
    this.note = make("p", { className: "zbt-note", "aria-live": "polite" });
    this.patience = make("p", { className: "zbt-note", "aria-live": "polite" });
    this.line = make("code", { className: "zbt-line" });
    this.lineRow = make(
      "div",
      { className: "zbt-prompt-line", hidden: true },
      this.line,
      copyButton("Copy the line", () => this.line.textContent),
    );
    this.root.append(
      make(
        "header",
        { className: "zbt-header" },
        make("div", { className: "zbt-title", textContent: "Zoho BugTracker" }),
        make(
          "div",
          { className: "zbt-state" },
          make("span", { className: "zbt-mark", "aria-hidden": "true" }),
          this.status,
        ),
      ),
      make("div", { className: "zbt-notes" }, this.note, this.patience, this.lineRow),
      make(
        "div",
        { className: "zbt-body" },
        this.form.element,
        this.buildActions(),
        this.consent.element,
        this.promptRow,
      ),
      this.connection.element,
    );
    this.setBusy(true);
  }

  buildActions() {
    this.signIn = button("Sign in at Zoho", "zbt-primary", () => isPressable(this.signIn) && this.begin("start"));
    this.keepBox = make("input", {
      type: "checkbox",
      onchange: () => this.channel.tell("keep_signed_in", { wanted: this.keepBox.checked }),
    });
    this.cannotKeep = make("span", { className: "zbt-help" });
    const keep = make("span", { className: "zbt-keep" }, make("label", {}, this.keepBox, KEEP), this.cannotKeep);
    const alternative = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
      make("button", { type: "button", className: "zbt-text-button", textContent: text, onclick });
    this.shortCodeButton = alternative(SHORT_CODE, () => isPressable(this.shortCodeButton) && this.begin("device"));
    this.promptButton = alternative(PROMPT, () => this.askInPrompt());
    this.promptLine = make("code");
    this.promptRow = make(
      "div",
      { className: "zbt-prompt-line", hidden: true },
      "Run this line in a cell: ",
      this.promptLine,
      copyButton("Copy the line", () => this.promptLine.textContent),
    );
    const alternatives = make(
      "span",
      { className: "zbt-alternatives" },
      make("span", { textContent: "Other ways:" }),
      this.shortCodeButton,
      this.promptButton,
    );
    return make("div", { className: "zbt-actions" }, this.signIn, keep, alternatives);
  }
}

export default {
  /** @param {{ model: any, el: HTMLElement }} context */
  render({ model, el }) {
    const card = new Card(model, el);
    return () => card.remove();
  },
};
