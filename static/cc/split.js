// The inbox with a report beside it: <div data-split> holds the list and <section data-split-pane> with a named frame.
// A click or Enter on a row opens it there, j and k walk on, Escape or u closes. Narrow pages keep whole-page links, and so
// does a click with a key held. The report's own page runs in the frame unchanged: forms, conflicts, presence and all.
const split = document.querySelector("[data-split]");
const pane = split?.querySelector("[data-split-pane]");
const frame = pane?.querySelector("iframe");
const wide = window.matchMedia("(width >= 80rem)");
const NUMBER = /^[A-Z]{2,5}-[2-9A-Z]{4}-[2-9A-Z]{4}$/;
const LIST_KEYS = new Set(["j", "k", "n", "r", "1", "x", "/", "u", "Escape", "?"]);
const WALK_MS = 250; // walking past a report is not reading it
let opened = "";
let timer = 0;

const numberOf = (path) => (/^\/reports\/([^/]+)\//.exec(path) ?? [])[1] ?? "";

function current(row) {
  for (const other of split.querySelectorAll("[data-current-row]")) other.removeAttribute("data-current-row");
  row?.setAttribute("data-current-row", "");
}

/** The open row is marked, also after the list renewed itself and forgot where j and k stand. */
function mark() {
  for (const row of split.querySelectorAll("[data-row]")) {
    const here = row.dataset.number === opened;
    row.toggleAttribute("data-open-row", here);
    const link = row.querySelector("a");
    if (here) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
  if (!split.querySelector("[data-current-row]")) current(split.querySelector("[data-open-row]"));
}

function remember(number) {
  opened = number;
  const url = new URL(location.href);
  if (number) url.searchParams.set("open", number);
  else url.searchParams.delete("open");
  history.replaceState(history.state, "", url);
  pane.toggleAttribute("data-open", Boolean(number));
  mark();
  if (number) current(split.querySelector("[data-open-row]"));
}

const typedIn = (field) => (field.type === "file" ? field.value !== "" : field.value !== field.defaultValue);

/** Whether what somebody wrote in the open report may be left: nothing unsaved, or he says so. */
function mayLeave() {
  let fields = [];
  try {
    fields = [...frame.contentDocument.querySelectorAll("textarea, input[type=file], input:not([type])")];
  } catch {
    return true; // a page that is none of ours holds nothing of ours
  }
  return !fields.some((field) => !field.readOnly && typedIn(field)) || window.confirm(pane.dataset.unsaved);
}

function open(number) {
  clearTimeout(timer);
  if (number === opened || !NUMBER.test(number)) return;
  if (opened && !mayLeave()) return current(split.querySelector("[data-open-row]"));
  pane.setAttribute("aria-busy", "true");
  frame.contentWindow.location.replace(`/reports/${number}/`);
  remember(number);
}

function close() {
  clearTimeout(timer);
  if (!opened || !mayLeave()) return;
  leave();
}

function leave() {
  frame.contentWindow.location.replace("about:blank");
  const row = split.querySelector("[data-open-row] a");
  remember("");
  row?.focus({ preventScroll: true });
}

/** The frame shows nothing of ours: the session ended (the login leads back to this list and report), or no server answers. */
async function lost() {
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer) location.reload();
}

/** What the frame came to: a report, or a page that is none and therefore gets the whole window. */
function arrived() {
  pane.removeAttribute("aria-busy");
  let place;
  try {
    place = frame.contentWindow.location;
    if (place.href === "about:blank") return;
  } catch {
    if (opened) lost();
    return;
  }
  const number = numberOf(place.pathname);
  if (NUMBER.test(number)) {
    if (number !== opened) remember(number);
    return;
  }
  if (place.pathname !== location.pathname) return location.assign(place.href);
  // Back at the list: the report went to somebody else. What was said about it is said here.
  const said = frame.contentDocument.querySelector(".cc-msgs");
  document.querySelector("main > .cc-msgs")?.remove();
  if (said) document.querySelector("main").prepend(document.adoptNode(said));
  leave();
  document.dispatchEvent(new CustomEvent("cc-refetch"));
}

function walked() {
  const number = split.querySelector("[data-current-row]")?.dataset.number;
  clearTimeout(timer);
  if (number && opened) timer = setTimeout(() => open(number), WALK_MS);
}

function away() {
  const menu = document.querySelector("details.cc-menu[open], .cc-more-filters[open]");
  if (menu) menu.open = false;
  else close();
}

function start() {
  frame.addEventListener("load", arrived);
  split.addEventListener("click", (event) => {
    if (!wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const row = event.target.closest("a.cc-inbox-main")?.closest("[data-row]");
    if (!row) return;
    event.preventDefault();
    current(row);
    open(row.dataset.number);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, dialog")) return;
    if (event.key === "j" || event.key === "k") walked();
    if (event.key === "Escape" || event.key === "u") away();
  });
  // A key that means nothing to the list is the open report's.
  document.addEventListener("cc-key", ({ detail }) => {
    if (!opened || LIST_KEYS.has(detail)) return;
    frame.contentDocument?.body?.dispatchEvent(new KeyboardEvent("keydown", { key: detail, bubbles: true }));
  });
  // The next report that waits opens in the pane.
  document.addEventListener("submit", (event) => {
    if (!("splitNext" in event.target.dataset)) return;
    if (opened && !mayLeave()) event.preventDefault();
    if (wide.matches) event.target.target = frame.name;
    else event.target.removeAttribute("target");
  });
  new MutationObserver(mark).observe(split.querySelector("[data-live-part=rows]"), { childList: true });
  const asked = new URLSearchParams(location.search).get("open") ?? "";
  if (wide.matches) open(asked);
  split.dataset.ready = "";
}

if (frame) start();
