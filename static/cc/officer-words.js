// Words, times and places of the officers' app.
import "./kept.js";
import "./officer-send.js";

const english = document.documentElement.lang === "en";
export const either = (id, en) => (english ? en : id);
const zone = document.body.dataset.zone || undefined;
const locale = english ? "en-GB" : "id-ID";
const clockWords = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
const dayWords = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: zone });

/** "07.30" of the city's clock. */
export const clock = (iso) => clockWords.format(new Date(iso)).replace(":", ".");
export const day = (iso) => dayWords.format(new Date(iso));

/** "3 menit lalu". */
export function ago(iso) {
  const words = new Intl.RelativeTimeFormat(english ? "en" : "id", { numeric: "auto" });
  const s = Math.round((new Date(iso) - Date.now()) / 1000);
  if (s > -60) return either("baru saja", "just now");
  if (s > -3600) return words.format(Math.round(s / 60), "minute");
  return s > -86400 ? words.format(Math.round(s / 3600), "hour") : words.format(Math.round(s / 86400), "day");
}

/** Where the phone is, or nothing: no step waits for a satellite. */
export function place(seconds = 8) {
  return new Promise((done) => {
    if (!navigator.geolocation) return done({});
    const stop = setTimeout(() => done({}), seconds * 1000 + 500);
    const found = ({ coords: c }) => {
      clearTimeout(stop);
      done({ lat: Number(c.latitude.toFixed(6)), lon: Number(c.longitude.toFixed(6)), acc: Math.round(c.accuracy) });
    };
    navigator.geolocation.getCurrentPosition(found, () => done({}), { enableHighAccuracy: true, timeout: seconds * 1000, maximumAge: 30_000 });
  });
}

/** A photo as small as it may be, without what the camera wrote into it. */
export async function small(file, most = 1600) {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, most / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * share);
    canvas.height = Math.round(image.height * share);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82))) ?? file;
  } catch {
    return file; // the city's worker looks through it anyway
  }
}

export const $ = (selector, root = document) => root.querySelector(selector);

export function made(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Busy while it works; never twice at once. */
export function press(button, work) {
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      await work(button);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

let timer = 0;
/** One sentence at the bottom that goes by itself. */
export function toast(text) {
  const line = $("[data-toast]");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (line.hidden = true), 6000);
}
