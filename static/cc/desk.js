// Loaded by every desk page. Heavy parts come only when the page has them.
import "./age.js";
import "./keys.js";

const NEEDS = {
  "cc-cam, cc-tile, cc-live[data-wanted], cc-siren": () => Promise.all([import("./cam.js"), import("./tile.js"), import("./sound.js")]),
  "cc-map": () => import("./map.js"),
  "[data-cc-chart]": () => import("./chart.js"),
  "[data-cc-soundtest], [data-cc-calibrate]": () => import("./kiosk.js"),
};

function load(root) {
  for (const [selector, bring] of Object.entries(NEEDS)) {
    if (root.querySelector?.(selector)) bring();
  }
}

load(document);
document.addEventListener("htmx:load", (event) => load(event.detail.elt.parentElement ?? document));

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  const cookie = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1];
  event.detail.headers["X-CSRFToken"] = cookie ?? token ?? "";
});

// A form that says data-auto sends itself when a choice changes (filters).
document.addEventListener("change", (event) => event.target.closest("form[data-auto]")?.requestSubmit());

// A confirm dialog for buttons that undo nothing: <button data-confirm="Text">.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(button.dataset.confirm)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// <button data-copy="id"><span>Copy</span></button> copies the lines of that element; without clipboard (plain HTTP) it selects them.
async function copyLines(button) {
  const from = document.getElementById(button.dataset.copy);
  if (!from) return;
  try {
    await navigator.clipboard.writeText([...from.children].map((line) => line.textContent.trim()).join("\n"));
    const label = button.querySelector("span");
    if (label) label.textContent = button.dataset.copied;
  } catch {
    window.getSelection()?.selectAllChildren(from);
  }
}

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) copyLines(copy);
  if (event.target.closest("[data-print]")) window.print();
});

// A map that says data-focus-lat begins at the thing the page is about.
document.addEventListener("cc-map-ready", ({ target }) => {
  const { focusLat, focusLng, focusId } = target.dataset;
  if (!focusLat) return;
  target.highlight(focusId);
  target.flyTo([Number(focusLat), Number(focusLng)], 17);
});
