// What the cards are made of: elements and controls.

/** An element with its properties, attributes (those with a hyphen, and role) and children. Text is text, never markup.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {any} the element; any, for a caller knows which one it asked for
 */
export function make(tag, properties = {}, ...children) {
  /** @type {any} */
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

/** @param {Record<string, any>} [properties] */
export function plainInput(properties) {
  return make("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false, ...properties });
}

/** @param {Record<string, any>} [properties] */
export function hiddenInput(properties) {
  // new-password keeps password managers from filling in and from offering to save
  return plainInput({ type: "password", autocomplete: "new-password", ...properties });
}

/**
 * @param {string} text
 * @param {string} className
 * @param {() => void} onclick
 */
export function button(text, className, onclick) {
  return make("button", { type: "button", className: `zbt-button ${className}`, textContent: text, onclick });
}

/** A button that copies, and says so only where the clipboard took it.
 * @param {string} text
 * @param {() => string} content
 */
export function copyButton(text, content) {
  const copy = button(text, "zbt-small", async () => {
    const isCopied = await toClipboard(content(), copy);
    copy.textContent = isCopied ? "Copied" : "Not copied: select it and copy by hand";
    setTimeout(() => {
      copy.textContent = text;
    }, 1500);
  });
  return copy;
}

/**
 * @param {string} text
 * @param {HTMLElement} beside
 */
async function toClipboard(text, beside) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return byCommand(text, beside); // a page over plain http, or a frame without the permission
  }
}

/**
 * @param {string} text
 * @param {HTMLElement} beside
 */
function byCommand(text, beside) {
  const area = make("textarea", { value: text, className: "zbt-offscreen", "aria-hidden": "true", tabIndex: -1 });
  beside.after(area);
  area.select();
  let isCopied = false;
  try {
    isCopied = document.execCommand("copy");
  } catch {
    // not here either
  }
  area.remove();
  beside.focus();
  return isCopied;
}

/** @param {HTMLElement} control */
export function isPressable(control) {
  return control.getAttribute("aria-disabled") !== "true";
}

/**
 * @param {HTMLElement} control
 * @param {boolean} pressable
 */
export function setPressable(control, pressable) {
  control.setAttribute("aria-disabled", String(!pressable)); // disabled itself would throw the keyboard's focus away
}

/** What has the keyboard, seen from inside: of a shadow root the page itself sees the host alone.
 * @param {HTMLElement} root
 */
export function focusedNear(root) {
  const container = root.getRootNode();
  return container instanceof ShadowRoot || container instanceof Document ? container.activeElement : null;
}

let made = 0;
const PAGE = Math.random().toString(36).slice(2); // each card has a module of its own, so that counting is not enough

/** A beginning for the ids of one card, unlike that of any other on the page. */
export function uniquePrefix() {
  made += 1;
  return `zbt-${PAGE}-${made}-`;
}

/** Keep Jupyter's own keys out: focus in a widget leaves its command mode on, where D twice deletes the cell. What goes
 * with Ctrl or Meta, and the F-keys, passes: VS Code takes Cmd+V from the window.
 * @param {HTMLElement} root
 */
export function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !/^F\d+$/.test(event.key)) event.stopPropagation();
  });
}

/** Lines that are said once, not at every view.
 * @param {HTMLElement} parent
 * @param {string[]} lines
 */
export function say(parent, lines) {
  const paragraphs = lines.filter(Boolean);
  const shown = [...parent.children].map((child) => child.textContent);
  if (shown.join("\n") === paragraphs.join("\n")) return;
  parent.replaceChildren(...paragraphs.map((text) => make("div", { textContent: text })));
}
