// <cc-tile src topics observed-at late-at expired-at state>: a piece of the wall that renews itself over HTTP.
// Without it the tile stays as the server first drew it; its freshness still ticks.
import { ask, unheard } from "./ask.js";
import { onSecond, serverNow, t } from "./conf.js";
import { join, link } from "./socket.js";

const POLL_MS = 60000;
const POLL_LOST_MS = 15000;
const FIXED = new Set(["never", "paused", "maintenance", "error"]);
const KEEP = "cc-cam[camera], cc-map, cc-siren[alarm], [data-keep]";

/** Freshness of a tile: pure. Instants in ms or 0 when the tile has none. */
export function freshness({ state, lateAt, expiredAt, now }) {
  if (FIXED.has(state)) return state;
  if (expiredAt && now > expiredAt) return "expired";
  if (lateAt && now > lateAt) return "late";
  return "fresh";
}

const keyOf = (node) => {
  const name = node.localName;
  if (name === "cc-cam") return `${name}:${node.getAttribute("source") ?? "cctv"}:${node.getAttribute("camera")}`;
  if (name === "cc-siren") return `${name}:${node.getAttribute("alarm")}`;
  return node.dataset.keep ?? `${name}:${node.id}`;
};

function copyAttributes(from, to) {
  const managed = new Set(["data-show", "data-state", "data-fault", "data-ready"]);
  for (const { name } of [...to.attributes]) {
    if (!from.hasAttribute(name) && !managed.has(name)) to.removeAttribute(name);
  }
  for (const { name, value } of from.attributes) {
    if (to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
}

const changed = (field) =>
  field.matches("[type=radio], [type=checkbox]") ? field.checked !== field.defaultChecked
  : field.localName === "select" ? [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0
  : field.value !== field.defaultValue;

/** A person opened it, stands in it or has written something there that is not sent yet. */
const inHand = (node) =>
  node.open || node.contains(document.activeElement) || [...node.querySelectorAll("input, select, textarea")].some(changed);

/** Takes what a person has in hand (data-hold) over into the fresh HTML, where that still offers it; returns what had the focus. */
function hold(target, fragment) {
  const focus = document.activeElement;
  let held = null;
  for (const node of fragment.querySelectorAll("[data-hold]")) {
    const kept = target.querySelector(`[data-hold="${node.dataset.hold}"]`);
    if (!kept || !inHand(kept)) continue;
    if (kept.contains(focus)) held = focus;
    node.replaceWith(kept);
  }
  return held;
}

/** Puts fresh HTML in, but keeps elements that hold a picture, a map or what a person writes: they are moved, not rebuilt. */
export function renew(target, fragment) {
  const held = hold(target, fragment);
  const old = new Map();
  for (const node of target.querySelectorAll(KEEP)) old.set(keyOf(node), node);
  for (const node of fragment.querySelectorAll(KEEP)) {
    const kept = old.get(keyOf(node));
    if (!kept) continue;
    old.delete(keyOf(node));
    copyAttributes(node, kept);
    node.replaceWith(kept);
  }
  target.replaceChildren(...fragment.childNodes);
  if (held?.isConnected) held.focus({ preventScroll: true });
}

/** Lists drop whole rows that do not fit (see wall-tiles.css): this says how many, so that none is lost silently. */
const outOf = (list) => {
  const edge = list.getBoundingClientRect().right - 1;
  return (row) => row.getBoundingClientRect().left >= edge;
};

function countHidden(list) {
  const out = [...list.children].filter(outOf(list)).length;
  const text = out ? t("more", { n: out }) : "";
  if ((list.dataset.hidden ?? "") === text) return;
  if (text) list.dataset.hidden = text;
  else delete list.dataset.hidden;
}

/** "+3 more" on the link below a list: rows that found no room, and those the server left out. Their links leave the tab order. */
function countMore(link, list) {
  let out = Number(link.dataset.more) || 0;
  const beyond = list && outOf(list);
  for (const row of list?.children ?? []) {
    const hidden = beyond(row);
    if (row.inert !== hidden) row.inert = hidden;
    if (hidden) out += 1;
  }
  const text = out ? t("more", { n: out }) : link.dataset.label;
  if (link.textContent !== text) link.textContent = text;
}

class Tile extends HTMLElement {
  connectedCallback() {
    if (this.started) return;
    this.started = true;
    this.readAt ??= serverNow();
    this.stop = onSecond((now) => this.show(now));
    const topics = (this.getAttribute("topics") ?? "").split(/\s+/).filter(Boolean);
    this.leave = this.getAttribute("src") ? join(topics, () => this.fetchSoon()) : null;
    this.again = () => this.fetchSoon();
    document.addEventListener("cc-refetch", this.again);
    this.plan();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.started = false;
      this.stop?.();
      this.leave?.();
      clearTimeout(this.poll);
      document.removeEventListener("cc-refetch", this.again);
    });
  }

  plan() {
    clearTimeout(this.poll);
    const wait = Number(this.getAttribute("poll")) * 1000 || (link.up ? POLL_MS : POLL_LOST_MS);
    this.poll = setTimeout(() => this.fetch(), wait * (0.85 + Math.random() * 0.3));
  }

  fetchSoon() {
    if (this.busy) this.more = true;
    else this.fetch();
  }

  async fetch() {
    const src = this.getAttribute("src");
    if (!src) return;
    this.busy = true;
    try {
      const answer = await ask(src, { "X-CC-Tile": "1", "HX-Request": "true" });
      if (answer.redirected && new URL(answer.url).pathname !== new URL(src, location.href).pathname) {
        location.reload(); // the login or the pairing is gone
        return;
      }
      if (answer.ok) this.take(await answer.text());
      else this.fail();
    } catch (problem) {
      // No connection: the banner says so, the ages go on. It may be back, and only this one dead.
      this.more ||= link.up && unheard(problem);
    } finally {
      this.busy = false;
      this.plan();
      if (this.more) {
        this.more = false;
        setTimeout(() => this.fetchSoon(), 250);
      }
    }
  }

  /** The answer is either the inside of the tile or a whole <cc-tile>. */
  take(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const whole = [...template.content.children].find((node) => node.localName === "cc-tile");
    this.readAt = serverNow();
    if (whole) {
      copyAttributes(whole, this);
      renew(this, whole);
    } else renew(this, template.content);
    window.htmx?.process(this);
    this.show(serverNow());
    this.dispatchEvent(new CustomEvent("cc-renewed", { bubbles: true }));
  }

  fail() {
    this.setAttribute("state", "error");
    this.show(serverNow());
  }

  show(now) {
    const time = (name) => Date.parse(this.getAttribute(name) ?? "") || 0;
    const state = this.getAttribute("state") ?? "";
    // A tile without instants of its own is as old as its last reading: three missed polls are late.
    const poll = (Number(this.getAttribute("poll")) || 60) * 1000;
    const own = this.hasAttribute("late-at") || !this.getAttribute("src");
    const lateAt = own ? time("late-at") : this.readAt + 3 * poll;
    const expiredAt = own ? time("expired-at") : this.readAt + 10 * poll;
    const shown = freshness({ state, lateAt, expiredAt, now });
    if (this.dataset.fresh !== shown) this.dataset.fresh = shown;
    // A tile with its own "+n" link needs no second count on the list.
    if (!this.querySelector("a[data-more]")) this.querySelectorAll(".cc-agencies, :is(.cc-feed, .cc-list)[data-all]").forEach(countHidden);
    for (const link of this.querySelectorAll("a[data-more]")) countMore(link, this.querySelector(".cc-feed, .cc-list"));
    for (const mark of this.querySelectorAll(".cc-tile-state")) {
      const word = shown === "fresh" ? "" : shown === "error" ? t("no_data") : t(`state_${shown}`);
      if (mark.textContent !== word) mark.textContent = word;
      mark.dataset.state = shown;
      const dot = mark.parentElement?.querySelector(".cc-dot");
      if (dot) dot.dataset.state = shown;
    }
  }
}

customElements.define("cc-tile", Tile);
