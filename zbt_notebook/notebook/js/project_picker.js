// Portal and project on a card of their own: %zbt use without arguments.

import { Channel } from "./channel.js";
import { keepKeys, make, say, uniquePrefix } from "./dom.js";
import { ProjectChoice } from "./project_choice.js";
import { followTheme } from "./theme.js";

class Picker {
  /**
   * @param {any} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    const prefix = uniquePrefix();
    this.choice = new ProjectChoice(prefix, (chosen) => this.send("use", chosen));
    this.root = make("section", { className: "zbt-card zbt-project-picker", "aria-label": "Portal and project" });
    keepKeys(this.root);
    this.status = make("div", { className: "zbt-status", role: "status" });
    this.root.append(
      make(
        "header",
        { className: "zbt-header" },
        make("div", { className: "zbt-title", textContent: "Portal and project" }),
        make(
          "div",
          { className: "zbt-state" },
          make("span", { className: "zbt-mark", "aria-hidden": "true" }),
          this.status,
        ),
      ),
      make("div", { className: "zbt-body" }, ...this.choice.elements),
    );
    el.append(this.root);
    this.leaveTheme = followTheme(this.root);
    const advice = "It may be busy: this goes on when it is free. After a restart, run the cell again.";
    this.channel = new Channel(model, {
      received: (content) => content?.kind === "view" && this.show(content),
      unanswered: () => this.tell(["The kernel has not answered yet", advice]),
      restarted: () =>
        this.tell(["The kernel was restarted", "Run the cell again; where nothing changes then, reload this page."]),
    });
    this.send("hello");
  }

  remove() {
    this.channel.close();
    this.leaveTheme();
  }

  /**
   * @param {string} kind
   * @param {Record<string, string>} [content]
   */
  send(kind, content) {
    this.root.setAttribute("aria-busy", "true");
    this.channel.send(kind, content);
  }

  /** @param {string[]} lines */
  tell(lines) {
    this.root.setAttribute("aria-busy", "false");
    this.root.dataset.tone = "asleep";
    say(this.status, lines);
  }

  /** @param {any} view */
  show(view) {
    this.root.setAttribute("aria-busy", "false");
    this.root.dataset.tone = view.failed ? "failed" : view.in_use?.length ? "connected" : "form";
    say(this.status, view.status);
    this.choice.show(view);
  }
}

export default {
  /** @param {{ model: any, el: HTMLElement }} context */
  render({ model, el }) {
    const picker = new Picker(model, el);
    return () => picker.remove();
  },
};
