// Portal and project, to choose from: the fields, for the picker's own card and for the sign-in's.

import { make } from "./dom.js";

const MANY = 8; // projects, from which on there is a field to find one

export class ProjectChoice {
  /**
   * @param {string} prefix of ids
   * @param {(chosen: Record<string, string>) => void} use
   */
  constructor(prefix, use) {
    this.prefix = prefix;
    this.view = null;
    this.portal = this.control("portal", make("select"));
    this.find = this.control("find", make("input", { type: "search", autocomplete: "off", spellcheck: false }));
    this.project = this.control("project", make("select"));
    this.found = make("p", { className: "zbt-help", "aria-live": "polite" });
    const placeholder = (/** @type {string} */ name) => make("code", { textContent: `{${name}}` });
    const help = make(
      "p",
      { className: "zbt-help" },
      "In paths and items, ",
      placeholder("portal"),
      " and ",
      placeholder("project"),
      " stand for what is in use.",
    );
    this.elements = [
      this.field("Portal", this.portal),
      this.field("Find a project", this.find, this.found),
      this.field("Project", this.project),
      help,
    ];
    for (const control of [this.find, this.project]) control.parentElement.hidden = true;
    this.portal.addEventListener("change", () => use({ portal: this.portal.value }));
    this.project.addEventListener("change", () => use({ portal: this.portal.value, project: this.project.value }));
    this.find.addEventListener("input", () => this.showProjects());
  }

  /**
   * @param {string} name
   * @param {any} control
   */
  control(name, control) {
    control.id = this.prefix + name;
    control.classList.add("zbt-control");
    control.dataset.lmSuppressShortcuts = "true"; // on the control itself: Jupyter's arrow keys look at the focused element first
    return control;
  }

  /**
   * @param {string} label
   * @param {any} control
   * @param {...Node} beside
   */
  field(label, control, ...beside) {
    return make(
      "div",
      { className: "zbt-field" },
      make("label", { for: control.id, textContent: label }),
      control,
      ...beside,
    );
  }

  /** @param {any} view */
  show(view) {
    if (view.failed && !view.portals.length) return; // what could be chosen before stays there
    this.view = view;
    this.fill(
      this.portal,
      [...(view.portal ? [] : [{ id: "", name: "Choose a portal" }]), ...view.portals],
      view.portal,
    );
    this.find.parentElement.hidden = view.projects.length < MANY;
    this.project.size = Math.min(MANY, view.projects.length + 1);
    this.project.parentElement.hidden = !view.portal;
    this.showProjects();
  }

  showProjects() {
    /** @type {{ id: string, name: string }[]} */
    const projects = this.view?.projects ?? [];
    const wanted = this.find.parentElement.hidden ? "" : this.find.value.trim().toLowerCase();
    const found = projects.filter(({ id, name }) => id === wanted || name.toLowerCase().includes(wanted));
    this.fill(this.project, [{ id: "", name: "No project" }, ...found], this.view?.project ?? "");
    this.found.textContent = wanted ? `${found.length} of ${projects.length}` : "";
  }

  /**
   * @param {any} select
   * @param {{ id: string, name: string }[]} choices
   * @param {string} chosen
   */
  fill(select, choices, chosen) {
    const filling = JSON.stringify(choices);
    if (select.dataset.filling !== filling) {
      select.dataset.filling = filling; // rebuilt only where it changes: the keyboard may be in it
      select.replaceChildren(
        ...choices.map(({ id, name }) => make("option", { value: id, textContent: name || id, title: id })),
      );
    }
    select.value = chosen;
  }
}
