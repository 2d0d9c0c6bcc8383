// Words, amounts and elements of the surveyors' page.
import "./kept.js";
import "./price-send.js";

const english = document.documentElement.lang === "en";
export const either = (id, en) => (english ? en : id);
const locale = english ? "en-GB" : "id-ID";
const zone = document.body.dataset.zone || undefined;
const plain = new Intl.NumberFormat(locale);
const dayWords = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const clockWords = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
const isoWords = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone });

export const rupiah = (value) => `Rp${plain.format(value)}`;
export const dayName = (iso) => dayWords.format(new Date(`${iso}T00:00:00Z`));
export const clock = (when) => clockWords.format(new Date(when)).replace(":", ".");
/** The city's day now, as 2026-11-29. */
export const today = () => isoWords.format(new Date());

export const $ = (selector, root = document) => root.querySelector(selector);

export function made(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Whole rupiah out of what a thumb types: "13.600", "13600"; null for anything else. A decimal is not guessed. */
export function amount(text) {
  const bare = text.trim().replace(/^rp\.?\s*/i, "");
  if (/^\d{1,3}([.,\s]\d{3})+$/.test(bare) || /^\d+$/.test(bare)) {
    const value = Number(bare.replace(/\D/g, ""));
    return value > 0 && value <= 100_000_000 ? value : null;
  }
  return null;
}

/** The price of several traders: their median, half a rupiah rounded up, as the server reckons it. */
export function middle(quotes) {
  const sorted = [...quotes].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : Math.floor((sorted[half - 1] + sorted[half]) / 2 + 0.5);
}

let timer = 0;
export function toast(text) {
  const line = $("[data-toast]");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (line.hidden = true), 5000);
}
