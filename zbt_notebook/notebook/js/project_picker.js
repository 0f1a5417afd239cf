// Portal and project, to choose from. What it shows comes from Python in a message {kind: "view", …}, what is chosen goes
// there in a message. Nothing is set on the model: its state can be saved into the notebook, messages cannot.

const PATIENCE = 3000; // ms in which a kernel that is free has answered
const MANY = 8; // projects, from which on there is a field to find one

let pickers = 0;

class Picker {
  constructor(model, el) {
    this.model = model;
    this.prefix = `zbt-places-${(pickers += 1)}-`;
    this.build();
    el.append(this.root);
    this.received = (content) => content?.kind === "view" && this.show(content);
    model.on("msg:custom", this.received);
    this.send({ kind: "hello" });
  }

  remove() {
    clearTimeout(this.patience);
    this.model.off("msg:custom", this.received);
  }

  send(content) {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.unanswered(), PATIENCE);
    this.root.setAttribute("aria-busy", "true");
    try {
      this.model.send(content);
    } catch {
      this.unanswered(); // no kernel, no way to send
    }
  }

  unanswered() {
    this.root.setAttribute("aria-busy", "false");
    this.say(["The kernel has not answered yet", "It may be busy: this goes on when it is free. After a restart, run the cell again."], "asleep");
  }

  show(view) {
    clearTimeout(this.patience);
    this.view = view;
    this.root.setAttribute("aria-busy", "false");
    this.say(view.status, view.failed ? "failed" : view.in_use?.length ? "connected" : "form");
    if (view.failed && !view.portals.length) return; // what could be chosen before stays there
    this.fill(this.portal, [...(view.portal ? [] : [{ id: "", name: "Choose a portal" }]), ...view.portals], view.portal);
    this.find.parentElement.hidden = view.projects.length < MANY;
    this.project.size = Math.min(MANY, view.projects.length + 1);
    this.project.parentElement.hidden = !view.portal;
    this.showProjects();
  }

  showProjects() {
    const wanted = this.find.parentElement.hidden ? "" : this.find.value.trim().toLowerCase();
    const found = this.view.projects.filter(({ id, name }) => id === wanted || name.toLowerCase().includes(wanted));
    this.fill(this.project, [{ id: "", name: "No project" }, ...found], this.view.project);
    this.found.textContent = wanted ? `${found.length} of ${this.view.projects.length}` : "";
  }

  fill(select, places, chosen) {
    const told = JSON.stringify(places);
    if (select.dataset.told !== told) {
      select.dataset.told = told; // rebuilt only where it changes: the keyboard may be in it
      select.replaceChildren(...places.map(({ id, name }) => make("option", { value: id, textContent: name || id, title: id })));
    }
    select.value = chosen;
  }

  say(lines, tone) {
    const paragraphs = lines.filter(Boolean);
    this.root.dataset.tone = tone;
    if ([...this.status.children].map((child) => child.textContent).join("\n") === paragraphs.join("\n")) return;
    this.status.replaceChildren(...paragraphs.map((text) => make("div", { textContent: text })));
  }

  field(name, label, control, ...beside) {
    control.id = this.prefix + name;
    control.classList.add("zbt-control");
    control.dataset.lmSuppressShortcuts = "true"; // on the control itself: Jupyter's arrow keys look at the focused element first
    this[name] = control;
    const title = make("label", { for: control.id, textContent: label });
    return make("div", { className: "zbt-field" }, title, control, ...beside);
  }

  build() {
    // Focus in a widget leaves Jupyter's command mode on: without these two, pressing D twice here deletes the cell.
    this.root = make("section", { className: "zbt-card zbt-places", "aria-label": "Portal and project", "data-lm-suppress-shortcuts": "true" });
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.status = make("div", { className: "zbt-status", role: "status" });
    this.found = make("p", { className: "zbt-help", "aria-live": "polite" });
    const heading = make("div", { className: "zbt-heading" }, make("div", { className: "zbt-title", textContent: "Portal and project" }), this.status);
    const place = (name) => make("code", { textContent: `{${name}}` });
    const help = make("p", { className: "zbt-help" }, "In paths and items, ", place("portal"), " and ", place("project"), " stand for what is in use.");
    const step = make(
      "div",
      { className: "zbt-step" },
      this.field("portal", "Portal", make("select")),
      this.field("find", "Find a project", make("input", { type: "search", autocomplete: "off", spellcheck: false }), this.found),
      this.field("project", "Project", make("select")),
      help,
    );
    for (const control of [this.find, this.project]) control.parentElement.hidden = true;
    this.portal.addEventListener("change", () => this.send({ kind: "use", portal: this.portal.value }));
    this.project.addEventListener("change", () => this.send({ kind: "use", portal: this.portal.value, project: this.project.value }));
    this.find.addEventListener("input", () => this.showProjects());
    this.root.append(make("header", { className: "zbt-header" }, make("span", { className: "zbt-mark", "aria-hidden": "true" }), heading), step);
  }
}

export default {
  render({ model, el }) {
    const picker = new Picker(model, el);
    return () => picker.remove();
  },
};
