// The sign-in card. Everything it shows comes from Python in a message {kind: "view", …}, everything the user does goes
// there in a message. Nothing is ever set on the model: its state can be saved into the notebook, messages cannot. The
// client secret and the code live in their inputs alone, and are blanked in the handler that sends them. card_parts.js stands
// before this file: a widget has one module.

const WORK_LIFE = 300; // seconds, Zoho's own figure for a short code, and ours for listening
const PATIENCE = 3000; // ms in which a kernel that is free has answered
const FIELDS = { data_center: "Data centre", client_id: "Client ID", client_secret: "Client secret", redirect_uri: "Redirect URI", scopes: "Scopes" };
const FROM_LINK = "The link to Zoho's own page appears here. There you see what this notebook asks for, and accept or reject it.";
const FROM_CONSOLE = "A Self Client's code comes from the API console: Generate Code, with the scopes chosen here.";
const OPERATIONS = ["READ", "CREATE", "UPDATE", "DELETE", "ALL"];
const PASTES = ["paste", "drop"];
const WAYS = {
  device: ["Use a short code", "A link and a short code to type there; nothing to paste. Needs a client of the type Non-browser."],
  loopback: ["Catch it on this machine", "The redirect URI is listened at on this machine, so that nothing has to be pasted."],
};
const PROMPT = "Paste in a prompt instead";
const ON_THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"]; // where browser and kernel may be on one machine

const PAGE = Math.random().toString(36).slice(2); // two pages may show one card

let cards = 0;
let turns = 0;

class Card {
  constructor(model, el) {
    this.model = model;
    this.prefix = `zbt-${(cards += 1)}-`;
    this.view = null;
    this.edited = new Set(); // fields typed into: until Python tells the same, what it tells is older, and replaces nothing
    this.turn = ""; // names the step of this very card that is not answered yet; the focus follows its answer
    this.opened = false; // whether the consent page was opened in this attempt
    this.codeBegan = 0; // when the code's two minutes began, as far as can be told from here
    this.build();
    el.append(this.root);
    this.received = (content) => content?.kind === "view" && this.show(content);
    model.on("msg:custom", this.received);
    this.back = () => this.cameBack();
    document.addEventListener("visibilitychange", this.back);
    window.addEventListener("focus", this.back);
    this.clock = setInterval(() => this.tick(), 1000);
    this.send("hello");
  }

  remove() {
    clearInterval(this.clock);
    clearTimeout(this.patience);
    document.removeEventListener("visibilitychange", this.back);
    window.removeEventListener("focus", this.back);
    this.model.off("msg:custom", this.received);
  }

  // ---- what goes to Python

  // What must not be seen goes as bytes beside the message: kernels and servers log what messages say, not those.
  send(kind, { client_secret, code, ...said } = {}) {
    const unseen = Object.entries({ client_secret, code }).filter(([, text]) => text);
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.unanswered(), PATIENCE);
    try {
      this.model.send({ kind, ...said, unseen: unseen.map(([name]) => name) }, undefined, unseen.map(([, text]) => new TextEncoder().encode(text)));
    } catch {
      this.unanswered(); // no kernel, no way to send
    }
  }

  // What begins something takes the form along, as it is typed.
  sendForm(kind) {
    if (!this.view || this.root.getAttribute("aria-busy") === "true") return;
    const typed = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, this[name].value]));
    this.client_secret.value = "";
    this.press(kind, { attempt: this.view.attempt, ...typed });
  }

  sendCode(text) {
    this.code.value = "";
    if (this.view && isPressable(this.connect)) this.press("code", { code: text });
  }

  press(kind, content = {}) {
    this.turn = `${PAGE}-${(turns += 1)}`;
    this.setBusy(true);
    this.send(kind, { ...content, turn: this.turn });
  }

  keep() {
    const { client_secret: _never, ...names } = FIELDS;
    try {
      this.model.send({ kind: "form", ...Object.fromEntries(Object.keys(names).map((name) => [name, this[name].value])) });
    } catch {
      // no kernel: the next button says so
    }
  }

  unanswered() {
    this.setBusy(false);
    if (this.view) {
      this.patienceNote.textContent = "The kernel has not answered yet. It may be busy: this goes on when it is free. After a restart, run the cell again.";
      return;
    }
    this.root.dataset.phase = "asleep";
    this.say(["This card belongs to an earlier session", "Run the cell again. If the kernel is only busy, the card wakes up by itself."], "asleep");
  }

  // ---- what comes from Python

  show(view) {
    clearTimeout(this.patience);
    const before = this.view;
    this.view = view;
    this.patienceNote.textContent = "";
    if (before?.attempt !== view.attempt) this.newAttempt();
    this.root.dataset.phase = view.phase;
    this.root.dataset.way = view.way;
    this.say(view.status, view.failed ? "failed" : view.phase);
    this.note.textContent = view.note;
    this.showForm(view);
    this.showConsent(view);
    this.showWays(view);
    this.showConnection(view.connection);
    const answered = Boolean(this.turn) && view.turn === this.turn && !view.busy; // not an echo of what was typed before
    if (answered) this.turn = "";
    this.setBusy(Boolean(view.busy || this.turn) || view.prompt === "under way");
    this.tick();
    if (answered) this.follow(view);
  }

  say(lines, tone) {
    const paragraphs = lines.filter(Boolean);
    const shown = [...this.status.children].map((child) => child.textContent);
    this.root.dataset.tone = tone;
    if (shown.join("\n") === paragraphs.join("\n")) return; // said once, not at every view
    this.status.replaceChildren(...paragraphs.map((text) => make("div", { textContent: text })));
  }

  showForm(view) {
    const names = view.data_centers.map((site) => site.name);
    if ([...this.data_center.options].map((option) => option.value).join() !== names.join()) {
      const options = view.data_centers.map((site) => make("option", { value: site.name, textContent: `${site.name} · ${site.host}` }));
      this.data_center.replaceChildren(...options);
    }
    if (!this.presets.childElementCount) this.buildPicker(view.scopes);
    for (const [name, value] of Object.entries(view.form)) {
      if (this[name].value === value) this.edited.delete(name);
      else if (!this.edited.has(name)) this[name].value = value;
    }
    for (const name of [...Object.keys(FIELDS), "code"]) {
      this[name].setAttribute("aria-invalid", String(view.failed && view.field === name));
    }
    this.client_secret.placeholder = view.secret_held ? "held in the kernel" : "";
    this.showPicked();
    this.showSite();
  }

  showSite() {
    const site = this.view.data_centers.find((known) => known.name === this.data_center.value);
    const address = webAddress(site?.console_url ?? "");
    this.console.hidden = !address;
    this.console.querySelector("a").href = address || "#";
    this.console.querySelector("a").textContent = address.replace("https://", "");
  }

  showConsent(view) {
    const address = webAddress(view.consent_url);
    if (!address) {
      this.linkHint.textContent = view.self_client ? FROM_CONSOLE : FROM_LINK;
      this.linkPlace.replaceChildren(this.linkHint);
    } else if (this.linkPlace.firstElementChild?.href !== new URL(address).href) {
      const link = make("a", { className: "zbt-button zbt-primary", href: address, target: "_blank", rel: "noopener noreferrer", textContent: "Open Zoho's consent page" });
      link.addEventListener("click", () => this.wentAway());
      link.addEventListener("auxclick", () => this.wentAway());
      this.linkPlace.replaceChildren(link);
    }
    this.create.classList.toggle("zbt-primary", view.phase !== "waiting");
    this.create.textContent = view.self_client ? "I have a code" : "Create consent link";
    this.redirectField.hidden = view.self_client;
    this.code.disabled = view.phase !== "waiting" || view.way === "device";
    this.shortCode.textContent = view.user_code;
    this.typeIt.replaceChildren("Type this short code on ", make("b", { textContent: view.user_code_page.replace(/^https?:\/\//, "") }), ", or check it where the page shows it, and accept. Nothing has to be pasted.");
    this.workEnds = performance.now() + view.seconds_left * 1000;
  }

  showWays(view) {
    const isHere = ON_THIS_MACHINE.includes(location.hostname);
    for (const [name, way] of Object.entries(this.ways)) way.hidden = !view.ways.includes(name) || view.way === name || (name === "loopback" && !isHere);
    this.promptLine.textContent = view.prompt_line;
    this.openPromptLine(!view.prompt && !this.promptPlace.hidden);
    if (view.prompt) this.promptWay.removeAttribute("aria-expanded"); // it opens a line only where no cell waits
  }

  openPromptLine(open) {
    this.promptPlace.hidden = !open;
    this.promptWay.setAttribute("aria-expanded", String(open));
  }

  askInPrompt() {
    if (!this.view || !isPressable(this.promptWay)) return;
    if (this.view.prompt) this.sendForm("prompt");
    else this.openPromptLine(this.promptPlace.hidden);
  }

  showConnection(connection) {
    this.connection = connection;
    if (!connection) return;
    this.shownAt = performance.now();
    this.asked = false;
    const fact = (term, ...what) => make("div", {}, make("dt", { textContent: term }), make("dd", {}, ...what));
    this.left = make("span");
    this.facts.replaceChildren(
      fact("Connection", connection.name),
      ...(connection.account ? [fact("Account", connection.account)] : []),
      fact("Data centre", `${connection.data_center} · ${connection.host}`),
      fact("Client", make("span", { className: "zbt-mono", textContent: connection.client_id })),
      fact("Access token", this.left),
    );
    const missing = connection.missing.length;
    this.scopesTitle.textContent = missing ? `Granted, except ${missing} of the scopes you asked for` : "Granted, as you asked";
    this.granted.replaceChildren(
      ...connection.granted.map((scope) => this.scopeItem(scope, true)),
      ...connection.missing.map((scope) => this.scopeItem(scope, false)),
    );
    this.refresh.hidden = !connection.can_refresh;
  }

  scopeItem(scope, granted) {
    const family = `${this.view.scopes.family}.`;
    const item = make("li", { textContent: scope.startsWith(family) ? scope.slice(family.length) : scope, title: scope });
    if (!granted) item.append(make("em", { textContent: " not granted" }));
    item.dataset.granted = String(granted);
    return item;
  }

  follow(view) {
    // Only where the user's last step was in this card, and the focus is not by now elsewhere.
    const active = document.activeElement;
    if (active && active !== document.body && !this.root.contains(active)) return;
    if (view.failed && this[view.field]) this[view.field].focus();
    else if (view.prompt === "under way") return; // the prompt has it
    else if (view.phase === "waiting" && !view.failed) (this.linkPlace.querySelector("a") ?? this.code).focus();
    else if (!active || active === document.body || !active.checkVisibility?.()) this.status.focus();
  }

  setBusy(busy) {
    this.root.setAttribute("aria-busy", String(busy));
    const view = this.view;
    setPressable(this.create, !busy && Boolean(view));
    setPressable(this.connect, !busy && view?.phase === "waiting");
    setPressable(this.again, !busy && Boolean(view?.attempt));
    for (const control of [this.refresh, this.signOut, this.promptWay, ...Object.values(this.ways)]) setPressable(control, !busy);
  }

  // ---- time

  newAttempt() {
    this.opened = false;
    this.codeBegan = 0;
  }

  wentAway() {
    this.opened = true;
    this.codeBegan = 0; // another visit to the consent page brings another code
  }

  cameBack() {
    if (document.visibilityState !== "visible") return;
    if (this.opened) this.beginCode();
    if (this.connection) this.send("look");
  }

  beginCode() {
    if (this.view?.phase === "waiting" && !this.codeBegan) this.codeBegan = performance.now();
    this.tick();
  }

  tick() {
    if (this.view?.phase === "waiting") this.tickCode();
    if (this.connection) this.tickToken();
  }

  tickCode() {
    if (this.view.way) this.tickWork();
    else this.tickPaste();
  }

  showLife(left, text) {
    this.life.dataset.over = String(left <= 0);
    this.bar.style.setProperty("--left", String(Math.max(0, left)));
    this.lifeText.textContent = text;
  }

  tickWork() {
    const left = (this.workEnds - performance.now()) / 1000;
    const rest = left > 0 ? `About ${duration(left)} left.` : "It is over any moment. Start again for a new one.";
    const what = this.view.way === "device" ? "" : "Accept in a browser on this machine: the answer is caught here. You can paste it as well. ";
    this.showLife(left / WORK_LIFE, what + rest);
  }

  tickPaste() {
    const life = this.view.code_life;
    const left = this.codeBegan ? life - (performance.now() - this.codeBegan) / 1000 : life;
    const minutes = Math.round(life / 60);
    const begun = left > 0
      ? `About ${duration(left)} left to paste the code.`
      : `The code's ${minutes} minutes are over. Start again for a new link, or paste a newer code.`;
    this.showLife(left / life, this.codeBegan ? begun : `Zoho's code lives ${minutes} minutes. It is exchanged as soon as you paste it.`);
  }

  tickToken() {
    const left = this.connection.seconds_left - (performance.now() - this.shownAt) / 1000;
    const renewed = this.connection.can_refresh ? ", then renewed by itself" : "";
    this.left.textContent = left > 0 ? `good for ${duration(left)}${renewed}` : this.connection.can_refresh ? "renewed at the next call" : "expired";
    if (left <= 0 && !this.asked) {
      this.asked = true; // once: the kernel may know of a newer one
      this.send("look");
    }
  }

  // ---- the parts, made once

  build() {
    // Focus in a widget leaves Jupyter's command mode on: without these two, pressing D twice here deletes the cell.
    this.root = make("section", { className: "zbt-card", "aria-label": "Zoho BugTracker sign-in", "data-lm-suppress-shortcuts": "true" });
    this.root.addEventListener("keydown", (event) => event.stopPropagation());
    this.root.dataset.phase = "loading";
    this.status = make("div", { className: "zbt-status", role: "status", tabIndex: -1 });
    this.note = make("p", { className: "zbt-note", "aria-live": "polite" });
    this.patienceNote = make("p", { className: "zbt-note", "aria-live": "polite" });
    const heading = make("div", { className: "zbt-heading" }, make("div", { className: "zbt-title", textContent: "Zoho BugTracker" }), this.status, this.note, this.patienceNote);
    this.root.append(
      make("header", { className: "zbt-header" }, make("span", { className: "zbt-mark", "aria-hidden": "true" }), heading),
      make("div", { className: "zbt-steps" }, this.buildForm(), this.buildConsent()),
      this.buildConnection(),
      this.buildFoot(),
    );
    this.setBusy(true);
  }

  // A labelled control; what is beside its label, and what is below it.
  field(name, label, control, { beside = [], below = [] } = {}) {
    control.id = this.prefix + name;
    control.classList.add("zbt-control");
    control.dataset.lmSuppressShortcuts = "true"; // Notebook 7 heeds it on the focused control alone: arrows choose here
    this[name] = control;
    const title = make("label", { for: control.id, textContent: label });
    return make("div", { className: "zbt-field" }, beside.length ? make("div", { className: "zbt-label-row" }, title, ...beside) : title, control, ...below);
  }

  group(number, title, ...children) {
    const id = `${this.prefix}step${number}`;
    const heading = make("div", { className: "zbt-step-title", id }, make("span", { className: "zbt-number", "aria-hidden": "true", textContent: number }), title);
    return make("div", { className: "zbt-step", role: "group", "aria-labelledby": id }, heading, ...children);
  }

  buildForm() {
    this.presets = make("div", { className: "zbt-presets" });
    this.grid = make("div", { className: "zbt-grid" });
    const picker = make("details", { className: "zbt-picker" }, make("summary", { textContent: "Choose from the list" }), this.grid);
    const copy = copyButton("Copy", () => this.redirect_uri.value);
    const registered = make("p", { className: "zbt-help", textContent: "Register this very address in the API console, to the letter." });
    this.redirectField = this.field("redirect_uri", FIELDS.redirect_uri, plainInput({ inputMode: "url" }), { beside: [copy], below: [registered] });
    this.create = button("Create consent link", "zbt-primary", () => isPressable(this.create) && this.sendForm("start"));
    const form = this.group(
      "1",
      "Your client",
      this.field("data_center", FIELDS.data_center, make("select")),
      this.field("client_id", FIELDS.client_id, plainInput({ className: "zbt-mono" })),
      this.field("client_secret", FIELDS.client_secret, hiddenInput({ className: "zbt-mono" })),
      this.redirectField,
      this.field("scopes", FIELDS.scopes, make("textarea", { rows: 3, spellcheck: false, className: "zbt-mono" }), { beside: [this.presets], below: [picker] }),
      make("div", { className: "zbt-row" }, this.create),
    );
    for (const name of Object.keys(FIELDS)) {
      this[name].addEventListener("input", () => this.edited.add(name));
      this[name].addEventListener("keydown", (event) => event.key === "Enter" && name !== "scopes" && isPressable(this.create) && this.sendForm("start"));
      if (name !== "client_secret") this[name].addEventListener("change", () => this.keep());
    }
    this.scopes.addEventListener("input", () => this.showPicked());
    this.data_center.addEventListener("change", () => this.showSite());
    return form;
  }

  buildPicker({ family, profile, modules, presets }) {
    this.presets.append(...presets.map(([name, scopes]) => button(name, "zbt-small", () => this.pick([...scopes, ...(scopes.includes(profile) ? [] : this.pickedOf(profile))]))));
    this.grid.append(make("label", { className: "zbt-profile" }, this.scopeBox(profile, {}), "Who is signed in"));
    const row = (module, operations) =>
      make("tr", {}, make("th", { scope: "row", textContent: module }), ...OPERATIONS.map((operation) => make("td", {}, ...(operations.includes(operation) ? [this.box(family, module, operation)] : []))));
    const head = make("tr", {}, make("td"), ...OPERATIONS.map((operation) => make("th", { scope: "col", textContent: operation.toLowerCase() })));
    this.grid.append(make("table", {}, make("thead", {}, head), make("tbody", {}, ...modules.map(([module, operations]) => row(module, operations)))));
  }

  box(family, module, operation) {
    return this.scopeBox(`${family}.${module}.${operation}`, { "aria-label": `${module} ${operation.toLowerCase()}` });
  }

  scopeBox(scope, name) {
    const box = make("input", { type: "checkbox", value: scope, ...name });
    box.addEventListener("change", () => {
      const others = scopesIn(this.scopes.value).filter((one) => one.toLowerCase() !== scope.toLowerCase());
      this.pick(box.checked ? [...others, scope] : others);
    });
    return box;
  }

  pickedOf(scope) {
    return scopesIn(this.scopes.value).filter((one) => one.toLowerCase() === scope.toLowerCase());
  }

  pick(scopes) {
    this.scopes.value = scopes.join(", ");
    this.edited.add("scopes");
    this.showPicked();
    this.keep();
  }

  showPicked() {
    const picked = new Set(scopesIn(this.scopes.value).map((scope) => scope.toLowerCase()));
    for (const box of this.grid.querySelectorAll("input")) box.checked = picked.has(box.value.toLowerCase());
  }

  buildConsent() {
    this.linkHint = make("p", { className: "zbt-help" });
    this.linkPlace = make("div", { className: "zbt-link-place" }, this.linkHint);
    this.connect = button("Connect", "zbt-primary", () => isPressable(this.connect) && this.sendCode(this.code.value));
    this.again = button("Start again", "", () => isPressable(this.again) && this.sendForm("start_again"));
    this.bar = make("div", { className: "zbt-bar", "aria-hidden": "true" });
    this.lifeText = make("p", { className: "zbt-help" });
    this.life = make("div", { className: "zbt-life" }, this.bar, this.lifeText);
    const code = hiddenInput({ autocomplete: "off", className: "zbt-mono", placeholder: "the code, or the whole address" });
    const codeField = this.field("code", "Code", code);
    codeField.classList.add("zbt-pasted");
    this.connect.classList.add("zbt-pasted");
    this.shortCode = make("div", { className: "zbt-short-code" });
    this.typeIt = make("p", { className: "zbt-help" });
    const typed = make("div", { className: "zbt-typed" }, this.shortCode, this.typeIt);
    const consent = this.group("2", "Zoho's consent", this.linkPlace, typed, codeField, this.life, make("div", { className: "zbt-row" }, this.connect, this.again));
    for (const kind of PASTES) {
      code.addEventListener(kind, (event) => {
        const text = (event.clipboardData ?? event.dataTransfer)?.getData("text") ?? "";
        event.preventDefault();
        if (text) this.sendCode(text);
      });
    }
    code.addEventListener("keydown", (event) => event.key === "Enter" && this.sendCode(code.value));
    code.addEventListener("focus", () => this.beginCode());
    return consent;
  }

  buildConnection() {
    this.facts = make("dl", { className: "zbt-facts" });
    this.scopesTitle = make("div", { className: "zbt-subtitle" });
    this.granted = make("ul", { className: "zbt-scopes" });
    this.refresh = button("Refresh", "", () => isPressable(this.refresh) && this.press("refresh"));
    this.signOut = button("Sign out", "", () => isPressable(this.signOut) && this.press("sign_out"));
    return make("div", { className: "zbt-connected" }, this.facts, this.scopesTitle, this.granted, make("div", { className: "zbt-row" }, this.refresh, this.signOut));
  }

  buildFoot() {
    const link = make("a", { target: "_blank", rel: "noopener noreferrer", href: "#" });
    this.console = make("div", { hidden: true }, "No client yet? Register one at ", link, ".");
    const wayButton = (text, title, onclick) => make("button", { type: "button", className: "zbt-way", textContent: text, title, onclick });
    this.ways = {};
    for (const [name, [text, title]] of Object.entries(WAYS)) {
      const way = wayButton(text, title, () => isPressable(way) && this.sendForm(name));
      this.ways[name] = way;
    }
    this.promptWay = wayButton(PROMPT, "A link, and prompts below the cell: for front ends where pasting here fails.", () => this.askInPrompt());
    this.promptLine = make("code");
    const ways = make("div", { className: "zbt-ways" }, "Other ways to sign in:", ...Object.values(this.ways), this.promptWay);
    this.promptPlace = make("div", { className: "zbt-prompt-line", hidden: true }, "Run this line in a cell: ", this.promptLine, copyButton("Copy the line", () => this.promptLine.textContent));
    return make("footer", { className: "zbt-foot" }, this.console, ways, this.promptPlace);
  }
}

export default {
  render({ model, el }) {
    const card = new Card(model, el);
    return () => card.remove();
  },
};
