// What the page was given: settings, words, and the server's clock. No other module reads Date.now() for ages.
const read = (id) => {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : {};
};

export const conf = read("cc-conf");
const words = read("cc-text");
export const isWall = () => document.documentElement.dataset.surface === "wall";

/** A text by key with {name} places filled; an unknown key shows itself, so that it is noticed. */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
export const hasText = (key) => key in words;

// performance.now() does not jump when somebody sets the clock of the PC; the server's ticks correct the rest.
let base = conf.now ?? Date.now();
let mark = performance.now();

/** Server time in ms since 1970. */
export const serverNow = () => base + (performance.now() - mark);

/** Called by the socket at every tick; small differences are network noise and ignored. */
export function setServerNow(ms) {
  if (Math.abs(ms - serverNow()) > 250) {
    base = ms;
    mark = performance.now();
  }
}

const everySecond = new Set();
let running = false;

function beat() {
  const now = serverNow();
  for (const job of everySecond) {
    try {
      job(now);
    } catch (error) {
      console.error(error);
    }
  }
  if (everySecond.size) setTimeout(beat, 1000 - (serverNow() % 1000) + 5);
  else running = false;
}

/** Calls job(serverNow) now and at every whole server second; returns a function that stops it. */
export function onSecond(job) {
  everySecond.add(job);
  job(serverNow());
  if (!running) {
    running = true;
    setTimeout(beat, 1000 - (serverNow() % 1000) + 5);
  }
  return () => everySecond.delete(job);
}

const locale = (conf.lang ?? "id").startsWith("en") ? "en-GB" : "id-ID";
const zone = conf.zone || undefined;
const clock = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
const short = new Intl.DateTimeFormat(locale, { timeZone: zone, day: "numeric", month: "short" });
const tenth = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const clockTime = (ms) => clock.format(ms);
export const longDate = (ms) => day.format(ms);
/** Time of day, with the date in front when it is not today's. */
export function stamp(ms) {
  const today = short.format(serverNow());
  const that = short.format(ms);
  return today === that ? clockTime(ms) : `${that} ${clockTime(ms)}`;
}

/** "0,8 dtk", "38 dtk", "6 mnt", "3 jam", "2 hr": whole ones of the largest unit there is one of. */
export function age(ms) {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 1) return t("sec", { n: tenth.format(seconds) });
  if (seconds < 60) return t("sec", { n: Math.floor(seconds) });
  if (seconds < 3600) return t("min", { n: Math.floor(seconds / 60) });
  if (seconds < 86400) return t("hour", { n: Math.floor(seconds / 3600) });
  return t("day", { n: Math.floor(seconds / 86400) });
}

/** An SVG icon out of the symbols that base.html carries. */
export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "cc-icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Element with class and children; text is always text, never markup. */
export function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}
