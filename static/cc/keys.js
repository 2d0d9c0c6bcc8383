// Keyboard first: "/" searches, "g" and a letter goes, j and k walk rows, "?" shows the sheet.
const sheet = () => document.getElementById("cc-keys");
let chord = 0;

// A radio or a box takes no letters: keys go on working while one has the focus.
const TEXT = "input:not([type=radio], [type=checkbox], [type=submit], [type=button]), textarea, select, [contenteditable]";
const typing = (target) => target.closest(TEXT) !== null;

// "g" and a letter: the first link of the navigation whose key begins so, or any element with data-go.
const GO = { h: "city.home", c: "cctv.", a: "incidents.", w: "wall." };

function go(letter) {
  const nav = GO[letter] ? `, [data-nav^="${GO[letter]}"]` : "";
  document.querySelector(`[data-go="${CSS.escape(letter)}"]${nav}`)?.click();
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.hasAttribute("data-current-row"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  rows[at]?.removeAttribute("data-current-row");
  next.setAttribute("data-current-row", "");
  next.scrollIntoView({ block: "nearest" });
  const focus = next.matches("a, button") ? next : next.querySelector("a, button");
  focus?.focus({ preventScroll: true });
}

export function toggleTheme() {
  const root = document.documentElement;
  const next = root.dataset.theme === "light" ? "dark" : "light";
  root.dataset.theme = next;
  document.cookie = `cc-theme=${next};path=/;max-age=31536000;samesite=lax`;
}

const plain = {
  "?": () => sheet()?.showModal(),
  j: () => walk(1),
  k: () => walk(-1),
  t: toggleTheme,
  g: () => {
    chord = performance.now();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const { key } = event;
  if (chord && performance.now() - chord < 1500 && key !== "g") {
    chord = 0;
    go(key);
    return;
  }
  // data-key works anywhere on the page, data-row-key in the row that j and k marked.
  const wanted = CSS.escape(key);
  const keyed = `[data-key="${wanted}"]`; // the page's own before the header's
  const marked = document.querySelector(`[data-current-row] [data-row-key="${wanted}"], main ${keyed}`) ?? document.querySelector(keyed);
  if (marked) {
    event.preventDefault();
    if (marked.matches("input, select, textarea")) marked.focus();
    if (!marked.matches("select, textarea, input") || marked.matches("[type=radio], [type=checkbox]")) marked.click();
    return;
  }
  if (plain[key]) {
    event.preventDefault();
    plain[key]();
    return;
  }
  document.dispatchEvent(new CustomEvent("cc-key", { detail: key })); // a part of the page may know it
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-cc-keys]")) sheet()?.showModal();
  if (event.target.closest("[data-cc-theme]")) toggleTheme();
  for (const menu of document.querySelectorAll("details.cc-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
