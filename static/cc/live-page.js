// <body data-live="cctv.camera" data-live-only="12">: a page of rows follows what it shows. An event fetches the page
// anew, and the regions marked data-live-part take their fresh contents; pictures and maps are moved, not rebuilt.
import { ask, unheard } from "./ask.js";
import { serverNow } from "./conf.js";
import { join, link, onLink } from "./socket.js";
import { renew } from "./tile.js";

const POLL_MS = 60000;
const LEAST_MS = 1500; // a hundred cameras that change together are one reading, not a hundred
const { live = "", liveOnly = "" } = document.body.dataset;
const only = new Set(liveOnly.split(/\s+/).filter(Boolean).map(Number));

let readAt = serverNow();
let timer = 0;
let busy = false;
let more = false;

/** A person writes or chooses here: what he has not sent yet must not vanish under his hands. */
function inUse(part) {
  if (part.querySelector("dialog[open], details[open] form")) return true;
  return part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
}

function take(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of document.querySelectorAll("[data-live-part]")) {
    const found = fresh.querySelector(`[data-live-part="${part.dataset.livePart}"]`);
    if (inUse(part)) {
      part.toggleAttribute("data-stale", Boolean(found) && found.dataset.rev !== part.dataset.rev);
      continue;
    }
    if (!found) {
      part.replaceChildren();
      continue;
    }
    for (const name of ["data-state", "hidden"]) {
      if (found.hasAttribute(name)) part.setAttribute(name, found.getAttribute(name));
      else part.removeAttribute(name);
    }
    renew(part, found);
    part.removeAttribute("data-stale");
    if (found.dataset.rev) part.dataset.rev = found.dataset.rev;
    window.htmx?.process(part);
  }
}

async function read() {
  if (busy) {
    more = true;
    return;
  }
  busy = true;
  clearTimeout(timer);
  try {
    const answer = await ask(location.href, { "X-CC-Live": "1" });
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) location.reload();
    else if (answer.ok) take(await answer.text());
    else if (answer.status === 404 || answer.status === 403) location.reload();
    readAt = serverNow();
  } catch (problem) {
    more ||= link.up && unheard(problem); // no connection: the banner says so
  } finally {
    busy = false;
    plan(more ? LEAST_MS : POLL_MS);
    more = false;
  }
}

function plan(wait) {
  clearTimeout(timer);
  timer = setTimeout(() => (document.hidden ? plan(POLL_MS) : read()), wait);
}

function soon() {
  plan(Math.max(0, LEAST_MS - (serverNow() - readAt)));
}

join(live.split(/\s+/).filter(Boolean), (events) => {
  if (!only.size || events.some(({ id }) => only.has(id))) soon();
});
document.addEventListener("cc-refetch", soon);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && serverNow() - readAt > POLL_MS) soon();
});
onLink(() => !link.up || soon());
plan(POLL_MS);
