// Whether the page around is light or dark, and where that is said.

/** @returns {"light" | "dark" | ""} */
function themeOf() {
  const { body, documentElement: html } = document;
  const isLight = body.dataset.jpThemeLight; // JupyterLab and its kin
  if (isLight) return isLight === "true" ? "light" : "dark";
  const names = [...body.classList, ...html.classList];
  if (names.some((name) => ["vscode-light", "vscode-high-contrast-light"].includes(name))) return "light";
  if (names.some((name) => ["vscode-dark", "vscode-high-contrast", "dark", "dark-theme"].includes(name))) return "dark";
  if (names.some((name) => ["light", "light-theme"].includes(name))) return "light"; // marimo
  const scheme = html.dataset.theme ?? body.dataset.theme ?? "";
  return scheme === "dark" || scheme === "light" ? scheme : "";
}

/** Follow the page's theme, also from within a shadow root, where its selectors do not reach. Gives what ends that.
 * @param {HTMLElement} root
 */
export function followTheme(root) {
  const update = () => {
    root.dataset.theme = themeOf();
    root.dataset.host = /(^| )vscode-/.test(document.body.className) ? "vscode" : "";
  };
  const observer = new MutationObserver(update);
  const options = { attributes: true, attributeFilter: ["class", "data-theme", "data-jp-theme-light"] };
  for (const node of [document.body, document.documentElement]) observer.observe(node, options);
  update();
  return () => observer.disconnect();
}
