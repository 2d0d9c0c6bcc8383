// What makes a browser a wall screen: its scale, its health, its reloads, its nights, its pairing.
import { conf, el, isWall, onSecond, serverNow, t } from "./conf.js";
import { join, link, send } from "./socket.js";
import { play, TONES } from "./sound.js";

const root = document.documentElement;
const body = document.body;

/**
 * Scale: 1rem in px as computed by the server for this screen and its farthest viewer. The panel's size is known, its
 * pixels may be others than it was told (another resolution, a browser that zooms): letters keep their millimetres.
 */
function calibrate() {
  const px = Number(body.dataset.root);
  const [width, height] = (body.dataset.screen ?? "").split("x").map(Number);
  if (!(px > 0)) return;
  const now = width > 0 && height > 0 ? (px * Math.hypot(innerWidth, innerHeight)) / Math.hypot(width, height) : px;
  root.style.setProperty("--cc-root", `${Math.max(12, Math.min(now, Math.min(innerWidth, innerHeight) / 26)).toFixed(2)}px`);
}

/** Burn-in: the picture wanders by 2 to 4 px every few minutes; nobody sees it, the panel does. */
function wander() {
  const steps = [[0, 0], [3, 0], [3, 2], [0, 3], [-3, 2], [-3, 0], [-2, -3], [2, -3]];
  const step = Math.floor(serverNow() / 240000) % steps.length;
  const [x, y] = steps[step];
  root.style.setProperty("--wander-x", `${x}px`);
  root.style.setProperty("--wander-y", `${y}px`);
}

const minutes = (text) => {
  const [hours, rest] = text.split(":").map(Number);
  return hours * 60 + rest;
};

/** Whether a minute of the day lies in "22:00-05:00"; the span may cross midnight. */
export function inSpan(span, minute) {
  const [from, until] = span.split("-").map(minutes);
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

function dim(now) {
  const span = body.dataset.night;
  if (!span) return;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: conf.zone, hour: "2-digit", minute: "2-digit", hour12: false }).format(now);
  root.toggleAttribute("data-night", inSpan(span, minutes(parts)));
}

/** Health of this screen, told every 15 s like a camera's. */
function report() {
  const cams = [...document.querySelectorAll("cc-cam")];
  send({
    t: "status",
    width: innerWidth, height: innerHeight, visible: !document.hidden,
    sound: document.querySelector(".cc-sound-mark") === null,
    pictures: cams.length,
    late: cams.filter((cam) => cam.dataset.show === "expired" && cam.getAttribute("state") === "online").length,
    heap_mb: Math.round((performance.memory?.usedJSHeapSize ?? 0) / 1e6),
    build: conf.build, flash: flashed,
  });
}

let flashed = 0;

/** The desk asks "which screen is this?": its name stands large for some seconds. */
function flash(events) {
  flashed = events.at(-1)?.rev ?? flashed + 1;
  const sign = el("div", "cc-flash", body.dataset.name ?? document.title);
  body.append(sign);
  setTimeout(() => sign.remove(), 8000);
  report();
}

function reloadForBuild() {
  const takeover = document.querySelector('.cc-scene[data-kind="takeover"]');
  if (takeover) setTimeout(reloadForBuild, 20000);
  else setTimeout(() => location.reload(), Math.random() * 4000); // not all screens at once
}

/** A pairing page asks every 3 s whether its code was entered at a desk. */
function pair(element) {
  const ask = async () => {
    try {
      const answer = await fetch(element.dataset.poll, {
        method: "POST",
        body: new URLSearchParams({ secret: element.dataset.secret ?? "" }),
      });
      note("");
      const found = answer.ok ? await answer.json() : {};
      if (found.state === "paired") {
        note(t("paired"));
        location.href = found.url ?? "/wall/";
        return;
      }
      if (found.state === "expired") {
        note(t("code_expired"));
        setTimeout(() => location.reload(), 1500);
        return;
      }
    } catch {
      note(t("offline_server"));
    }
    setTimeout(ask, 3000);
  };
  const note = (text) => {
    const line = element.querySelector("[data-pair-note]");
    if (line) line.textContent = text;
  };
  setTimeout(ask, 3000);
}

/** The calibration bar: data-mm long on a screen whose pitch is data-pitch mm a pixel. */
function bar(element) {
  const draw = () => {
    const pitch = Number(element.dataset.pitch);
    if (pitch > 0) element.style.inlineSize = `${Number(element.dataset.mm ?? 100) / pitch}px`;
  };
  draw();
  new MutationObserver(draw).observe(element, { attributes: true, attributeFilter: ["data-pitch"] });
}

function soundTest(element) {
  for (const button of element.querySelectorAll("[data-tone]")) {
    button.addEventListener("click", async () => {
      const heard = await play(button.dataset.tone in TONES ? button.dataset.tone : "warning");
      button.dataset.state = heard ? "good" : "crit";
    });
  }
}

for (const element of document.querySelectorAll("[data-cc-pair]")) pair(element);
for (const element of document.querySelectorAll("[data-cc-calibrate]")) bar(element);
for (const element of document.querySelectorAll("[data-cc-soundtest]")) soundTest(element);

if (isWall()) {
  calibrate();
  addEventListener("resize", calibrate);
  onSecond((now) => {
    wander();
    dim(now);
  });
  if (body.dataset.socket) {
    join(["wall.flash"], flash);
    setInterval(() => link.up && report(), 15000);
    setTimeout(report, 3000);
    document.addEventListener("visibilitychange", report);
    document.addEventListener("cc-build", reloadForBuild);
    document.addEventListener("cc-revoked", () => setTimeout(() => location.assign("/wall/"), 1500));
  }
}
