// Zoho's consent: its page in a tab of its own, the link to it, and the field for what has to be pasted.

import { button, copyButton, hiddenInput, isPressable, make } from "./dom.js";
import { codeProblem } from "./field_checks.js";
import { duration, webAddress } from "./texts.js";

const WORK_LIFE = 300; // seconds, Zoho's own figure for a short code
const PASTES = ["paste", "drop"];
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

export class Consent {
  /**
   * @param {string} prefix of ids
   * @param {{ pasted: (text: string) => void, again: () => void, clientId: () => string }} listener
   */
  constructor(prefix, listener) {
    this.listener = listener;
    /** @type {any} */
    this.view = null;
    this.opened = false; // whether the consent page was opened in this attempt
    this.codeBegan = 0; // when the code's two minutes began, as far as can be told from here
    this.workEnds = 0;
    /** @type {Window | null} */
    this.tab = null; // opened in the click, its address set when the kernel has made it
    this.code = hiddenInput({
      autocomplete: "off",
      className: "zbt-control zbt-mono",
      id: `${prefix}code`,
      placeholder: "the code, or the whole address",
    });
    this.code.dataset.lmSuppressShortcuts = "true";
    this.problem = make("p", { className: "zbt-problem", id: `${prefix}code-problem`, "aria-live": "polite" });
    this.code.setAttribute("aria-describedby", this.problem.id);
    this.connect = button("Connect", "", () => isPressable(this.connect) && this.send(this.code.value));
    this.again = button("Start again", "", () => isPressable(this.again) && listener.again());
    this.instruction = make("p", { className: "zbt-instruction" });
    this.linkRow = make("div", { className: "zbt-row zbt-link-row" });
    this.shortCode = make("div", { className: "zbt-short-code" });
    this.typeIt = make("p", { className: "zbt-help" });
    this.typed = make("div", { className: "zbt-typed" }, this.shortCode, this.typeIt);
    this.help = make("p", { className: "zbt-help" });
    this.bar = make("div", { className: "zbt-bar", "aria-hidden": "true" });
    this.lifeText = make("p", { className: "zbt-help zbt-life-text" });
    this.life = make("div", { className: "zbt-life" }, this.bar, this.lifeText);
    const label = make("label", { for: this.code.id, textContent: "Code" });
    this.paste = make(
      "div",
      { className: "zbt-row-field zbt-pasted" },
      label,
      make("div", { className: "zbt-beside" }, this.code, this.connect),
      this.problem,
    );
    this.begun = make("div", { className: "zbt-row" }, this.linkRow, this.again);
    this.element = make(
      "div",
      { className: "zbt-consent" },
      this.instruction,
      this.begun,
      this.typed,
      this.help,
      this.paste,
      this.life,
    );
    this.listen();
  }

  listen() {
    for (const kind of PASTES) {
      this.code.addEventListener(kind, (/** @type {any} */ event) => {
        const text = (event.clipboardData ?? event.dataTransfer)?.getData("text") ?? "";
        event.preventDefault();
        if (text) this.send(text);
      });
    }
    this.code.addEventListener(
      "keydown",
      (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && this.send(this.code.value),
    );
    this.code.addEventListener("focus", () => this.beginCode());
    this.code.addEventListener("input", () => this.mark(""));
  }

  /** @param {string} text */
  send(text) {
    const problem = codeProblem(text, this.listener.clientId());
    this.code.value = "";
    this.mark(problem);
    this.listener.pasted(text); // the kernel says the same, and does not ask Zoho about it
  }

  /** @param {string} problem */
  mark(problem) {
    this.problem.textContent = problem;
    this.code.setAttribute("aria-invalid", String(Boolean(problem)));
  }

  /** Open a tab now: a browser lets only a click do that. */
  openTab() {
    this.tab?.close();
    this.tab = window.open("about:blank", "_blank");
    if (!this.tab) return;
    try {
      this.tab.opener = null;
      this.tab.document.title = "Zoho";
      this.tab.document.body.textContent = "Zoho's page opens here as soon as the kernel has answered.";
    } catch {
      // a tab that cannot be written to can still be sent to its address
    }
  }

  /** @param {any} view one that answers a press */
  settleTab(view) {
    const { tab } = this;
    const address = webAddress(view.consent_url);
    if (!tab || view.busy) return;
    this.tab = null;
    if (address && !view.failed && view.method === "link") {
      tab.location.replace(address);
      this.wentAway();
      this.hasTab = true;
      this.show(view);
    } else tab.close();
  }

  newAttempt() {
    this.opened = false;
    this.hasTab = false;
    this.codeBegan = 0;
    this.mark("");
  }

  /** @param {any} view */
  show(view) {
    this.view = view;
    const waits = view.phase === "waiting";
    this.instruction.textContent = this.words(view);
    this.showLink(webAddress(view.consent_url), view);
    this.help.textContent =
      waits && !view.failed && view.method === "link" && view.catching && isLoopback(view.form.redirect_uri)
        ? "Nothing happened? Your browser may say that it cannot reach localhost: that is right. Copy the address of that page and paste it:"
        : "";
    if (view.failed && view.field === "code") this.code.setAttribute("aria-invalid", "true");
    else if (!this.problem.textContent) this.code.setAttribute("aria-invalid", "false");
    this.shortCode.textContent = view.user_code;
    this.typeIt.replaceChildren(
      "Type this short code on ",
      make("b", { textContent: view.user_code_page.replace(/^https?:\/\//, "") }),
      ", or check it where the page shows it, and accept. Nothing has to be pasted.",
    );
    this.workEnds = performance.now() + view.seconds_left * 1000;
    this.tick();
  }

  /** @param {any} view */
  words(view) {
    if (view.phase !== "waiting")
      return view.self_client
        ? "A Self Client's code comes from the API console: Generate Code, with the scopes chosen here."
        : "";
    if (view.failed) return ""; // the status says what to do now
    if (view.self_client)
      return "Press Generate Code in the API console, with the scopes chosen here, and paste the code.";
    if (view.method === "device") return "";
    const ends = this.comesBack(view)
      ? "this card connects by itself."
      : "then copy the code, or the address of the page after that, and paste it here.";
    const begins = this.hasTab ? "Zoho's page has opened in another tab." : "Open Zoho's page.";
    return `${begins} Accept there: ${ends}`;
  }

  /** Whether the redirect arrives by itself: at a loopback address only where browser and kernel share a machine.
   * @param {any} view
   */
  comesBack(view) {
    return view.catching && (!isLoopback(view.form.redirect_uri) || LOOPBACK.includes(location.hostname));
  }

  /**
   * @param {string} address
   * @param {any} view
   */
  showLink(address, view) {
    this.linkRow.hidden = !address;
    this.begun.hidden = !address && this.again.hidden;
    if (!address) this.linkRow.replaceChildren();
    else if (this.linkRow.querySelector("a")?.href !== new URL(address).href) {
      const link = make("a", {
        className: "zbt-button",
        href: address,
        target: "_blank",
        rel: "noopener noreferrer",
        textContent: "Open Zoho's consent page",
      });
      for (const click of ["click", "auxclick"]) link.addEventListener(click, () => this.wentAway());
      this.linkRow.replaceChildren(
        link,
        copyButton("Copy link", () => address),
      );
    }
    this.linkRow
      .querySelector("a")
      ?.classList.toggle("zbt-primary", !view.failed && (!this.hasTab || view.method === "device"));
    this.again.classList.toggle("zbt-primary", view.failed && view.phase === "waiting");
  }

  wentAway() {
    this.opened = true;
    this.codeBegan = 0; // another visit to the consent page brings another code
  }

  /** The user is back in this tab. */
  cameBack() {
    if (!this.opened) return false;
    this.beginCode();
    return this.view?.phase === "waiting" && this.view.method === "link";
  }

  beginCode() {
    if (this.view?.phase === "waiting" && this.opened && !this.codeBegan) this.codeBegan = performance.now();
    this.tick();
  }

  tick() {
    const { view } = this;
    if (view?.phase !== "waiting") this.showLife(-1, "");
    else if (view.method === "device") this.tickWork();
    else if (view.failed)
      this.showLife(-1, ""); // what is over, or was refused, has no time left to tell
    else this.tickPaste();
  }

  /**
   * @param {number} left
   * @param {string} text
   */
  showLife(left, text) {
    this.life.hidden = !text;
    this.life.dataset.over = String(left <= 0);
    this.bar.style.setProperty("--left", String(Math.max(0, left)));
    if (this.lifeText.textContent !== text) this.lifeText.textContent = text;
  }

  tickWork() {
    const left = (this.workEnds - performance.now()) / 1000;
    this.showLife(
      left / WORK_LIFE,
      left > 0 ? `About ${duration(left)} left.` : "It is over any moment. Start again for a new one.",
    );
  }

  tickPaste() {
    const life = this.view.code_life;
    const left = this.codeBegan ? life - (performance.now() - this.codeBegan) / 1000 : life;
    const minutes = Math.round(life / 60);
    if (!this.codeBegan)
      this.showLife(1, `Zoho's code lives ${minutes} minutes. It is exchanged as soon as you paste it.`);
    else if (left > 0) this.showLife(left / life, `About ${duration(left)} left to paste the code.`);
    else this.showLife(0, `The code's ${minutes} minutes are over. Start again for a new link, or paste a newer code.`);
  }
}

/** @param {string} address */
function isLoopback(address) {
  try {
    return LOOPBACK.includes(new URL(address).hostname);
  } catch {
    return false;
  }
}
