// What the cards are made of: elements, controls, and texts read and written.

// An element with its properties, attributes (those with a hyphen, and role) and children. Text is text, never markup.
function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

function plainInput(properties) {
  return make("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false, ...properties });
}

function hiddenInput(properties) {
  // new-password keeps password managers from filling in and from offering to save
  return plainInput({ type: "password", autocomplete: "new-password", ...properties });
}

function button(text, className, onclick) {
  return make("button", { type: "button", className: `zbt-button ${className}`, textContent: text, onclick });
}

function copyButton(text, content) {
  const copy = button(text, "zbt-small", async () => {
    await navigator.clipboard?.writeText(content()).catch(() => undefined);
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = text), 1500);
  });
  return copy;
}

function isPressable(control) {
  return control.getAttribute("aria-disabled") !== "true";
}

function setPressable(control, pressable) {
  control.setAttribute("aria-disabled", String(!pressable)); // disabled itself would throw the keyboard's focus away
}

function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function scopesIn(text) {
  return text.split(/[,\s]+/).filter(Boolean);
}

function webAddress(text) {
  return /^https?:\/\//.test(text) ? text : "";
}

