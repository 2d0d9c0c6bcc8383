// The page of a report: canned texts fill the box, the field for the right body comes with its outcome.
document.addEventListener("change", ({ target }) => {
  if (target.dataset.fills && target.value) {
    const box = document.getElementById(target.dataset.fills);
    box.value = box.value ? `${box.value}\n${target.value}` : target.value;
    box.focus();
    target.value = "";
  }
  if (target.name === "status") {
    const form = target.form;
    for (const field of form.querySelectorAll("[data-only]")) {
      field.hidden = field.dataset.only !== target.value;
      field.querySelector("input").required = !field.hidden;
    }
    form.querySelector("[name=text]").required = "needsText" in target.dataset;
  }
});

// A key that unfolds a step puts the cursor into its first box.
document.addEventListener("toggle", ({ target }) => {
  if (target.open) target.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}, true);

// Suggestions stand below the words they come from, where they push nothing away from under the typing hand.
const suggested = document.getElementById("suggested");
const words = suggested?.closest("form")?.querySelector("[name=text]");
words?.closest(".cc-field")?.after(suggested);

// A suggested category chooses itself in the list.
document.addEventListener("click", ({ target }) => {
  const chip = target.closest("[data-pick]");
  if (!chip) return;
  const list = document.getElementById(chip.dataset.pick);
  list.value = chip.dataset.value;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  list.focus();
});

// What was typed is kept in this tab until a page says that it is saved: a session that ended, a stale form or a colleague's
// save costs nobody his words.
const KEPT = `cc-typed:${location.pathname}`;
const KEPT_MS = 3600000;

document.addEventListener("submit", ({ target }) => {
  const boxes = [...target.querySelectorAll("textarea[name], input[name]:not([type])")].filter((box) => box.value.trim());
  if (!target.hasAttribute("action") || !boxes.some((box) => box.matches("textarea"))) return;
  const values = Object.fromEntries(boxes.map((box) => [box.name, box.value]));
  sessionStorage.setItem(KEPT, JSON.stringify({ action: target.getAttribute("action"), values, at: Date.now() }));
});

function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept) return;
  const saved = document.querySelector(".cc-msg[data-level=success]");
  const form = document.querySelector(`form[action="${CSS.escape(kept.action)}"]`);
  if (!form && !saved) return; // an error's page: later
  sessionStorage.removeItem(KEPT);
  if (saved || Date.now() - kept.at > KEPT_MS) return;
  for (const [name, value] of Object.entries(kept.values)) {
    const box = form.querySelector(`[name="${CSS.escape(name)}"]`);
    if (box) box.value = value;
  }
  const fold = form.closest("details");
  if (fold) fold.open = true;
  const said = document.createElement("p");
  said.className = "cc-help";
  said.textContent = document.getElementById("work")?.dataset.restored ?? "";
  form.prepend(said);
}

bringBack();

// Inside the frame beside the inbox (split.js): the list's keys go to the list, and what is no report gets the window.
const LIST_KEYS = new Set(["j", "k", "n", "r", "1", "/", "u", "Escape", "?"]);
const REPORT = /^\/reports\/[A-Z]{2,5}-[2-9A-Z]{4}-[2-9A-Z]{4}\/$/;
const FIELD = "input:not([type=radio], [type=checkbox]), textarea, select";

if (window.parent !== window) {
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !LIST_KEYS.has(key)) return;
    if (target.closest("dialog[open]")) return;
    if (target.closest(FIELD)) {
      if (key === "Escape") target.blur(); // out of the field first, out of the report at the next
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (key === "/" || key === "Escape") window.parent.focus();
    window.parent.document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  }, true);
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href]");
    if (link && !link.target && link.protocol.startsWith("http") && !REPORT.test(link.pathname)) link.target = "_top";
  }, true);
}
