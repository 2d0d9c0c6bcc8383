// <cc-cam>: paints pictures as they come and says every second, by server time, how much they can be trusted.
import { age, el, hasText, icon, onSecond, serverNow, stamp, t } from "./conf.js";
import { unwatch, watch } from "./socket.js";

const DECLARED = new Set(["maintenance", "paused", "busy"]);
const DEAD = new Set(["offline", "auth_failed"]);
const ICONS = {
  offline: "unplug", auth_failed: "key", busy: "hourglass", maintenance: "wrench", paused: "pause",
  expired: "late", never: "image-off",
};
const FAULT_ICONS = { frozen: "frozen", black: "dark", covered: "covered", blurred: "blurred", moved: "moved" };

/**
 * What to show for a camera: pure, so that it can be tested. Times in ms, intervals in s.
 *
 * `interval` is the cadence the last picture was taken at, `wanted` the one that looking asks for, `watchedFor` how
 * long somebody has looked: a camera that rested at a picture a minute is not fresh for two minutes on a wall.
 */
export function judge({ state, capturedAt, since, interval, now, wanted = 0, watchedFor = 0 }) {
  if (DECLARED.has(state)) return state;
  const seen = Boolean(capturedAt);
  const newer = seen && since && capturedAt > since;
  if (DEAD.has(state) && !newer) return state;
  if (!seen) return "never";
  const old = now - capturedAt;
  const passed = (limit) =>
    old > limit((interval || 10) * 1000) || (wanted > 0 && Math.min(old, watchedFor) > limit(wanted * 1000));
  if (passed((step) => Math.max(3 * step, 60000))) return "expired";
  return passed((step) => 2 * step) ? "late" : "fresh";
}

let uncovered = 0;
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) uncovered = serverNow();
});

const sight = new IntersectionObserver(
  (entries) => entries.forEach((entry) => entry.target.inSight(entry.isIntersecting)),
  { rootMargin: "160px" },
);

class Cam extends HTMLElement {
  static observedAttributes = ["state", "captured-at", "since", "reason", "quality", "name", "place", "interval", "src"];

  connectedCallback() {
    this.cameraId = this.getAttribute("camera");
    this.source = this.getAttribute("source") ?? "cctv";
    if (!this.parts) this.build();
    this.take();
    sight.observe(this);
    this.stop = onSecond((now) => this.show(now));
  }

  disconnectedCallback() {
    sight.unobserve(this);
    this.stop?.();
    this.inSight(false);
  }

  attributeChangedCallback() {
    if (this.parts) {
      this.take();
      this.show(serverNow());
    }
  }

  build() {
    const canvas = document.createElement("canvas");
    canvas.width = 16;
    canvas.height = 9;
    canvas.setAttribute("role", "img");
    this.pen = canvas.getContext("bitmaprenderer");
    const dot = el("i", "cc-dot");
    const ageText = el("span");
    this.parts = {
      canvas, ageText,
      age: el("span", "cc-cam-age", dot, ageText),
      fault: el("span", "cc-cam-fault"),
      word: el("span", "cc-cam-word"),
      reason: el("span", "cc-cam-reason"),
      last: el("span", "cc-cam-last"),
      name: el("b"),
      place: el("span"),
    };
    const p = this.parts;
    const top = el("span", "cc-cam-top", p.fault);
    if (this.hasAttribute("simulated")) top.append(el("span", "cc-cam-sim", t("simulation")));
    const mid = el("span", "cc-cam-mid", p.word, p.reason, p.last);
    const foot = el("span", "cc-cam-name", el("span", "cc-cam-title", p.name, p.place), p.age);
    this.replaceChildren(canvas, top, mid, foot);
    if (this.getAttribute("href")) {
      const anchor = el("a");
      anchor.href = this.getAttribute("href");
      anchor.setAttribute("aria-label", this.getAttribute("name") ?? "");
      this.append(anchor);
    }
  }

  /** Reads the attributes; a picture already received wins over an older captured-at. */
  take() {
    const time = (name) => Date.parse(this.getAttribute(name) ?? "") || 0;
    const fromServer = time("captured-at");
    if (fromServer >= (this.capturedAt ?? 0)) this.faults = (this.getAttribute("quality") ?? "").split(/\s+/).filter(Boolean);
    this.capturedAt = Math.max(this.capturedAt ?? 0, fromServer);
    this.since = time("since");
    this.interval = this.frameInterval || Number(this.getAttribute("interval")) || 10;
    this.parts.name.textContent = this.getAttribute("name") ?? "";
    const place = this.getAttribute("place") ?? "";
    this.parts.place.textContent = place;
  }

  inSight(yes) {
    if (yes === this.seen) return;
    this.seen = yes;
    if (yes) {
      this.seenSince = serverNow();
      watch(this);
      if (!this.painted) this.firstPaint();
    } else unwatch(this);
  }

  /** First picture over HTTP; the socket brings the next ones. */
  async firstPaint() {
    const src = this.getAttribute("src");
    if (!src) return;
    try {
      const answer = await fetch(src);
      if (!answer.ok || this.painted) return;
      const at = Date.parse(answer.headers.get("x-captured-at") ?? "") || this.capturedAt;
      await this.paint({ blob: await answer.blob(), capturedAt: at, interval: 0, faults: null });
    } catch {
      // The state says what is wrong; a missing first picture is no error of its own.
    }
  }

  async paint({ blob, capturedAt, interval, faults }) {
    if (capturedAt && capturedAt < (this.paintedAt ?? 0)) return;
    const bitmap = await createImageBitmap(blob);
    const { canvas } = this.parts;
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
    }
    this.pen.transferFromImageBitmap(bitmap);
    this.painted = true;
    this.paintedAt = capturedAt;
    this.capturedAt = Math.max(this.capturedAt, capturedAt || 0);
    if (interval) this.interval = this.frameInterval = interval;
    if (faults) this.faults = faults;
    this.show(serverNow());
    // Other places on the page that tell this picture's age go along.
    const detail = { camera: this.cameraId, capturedAt: this.capturedAt };
    this.dispatchEvent(new CustomEvent("cc-picture", { bubbles: true, detail }));
  }

  show(now) {
    const state = this.getAttribute("state") ?? "unknown";
    const { capturedAt, since, interval } = this;
    const wanted = Number(this.getAttribute("wanted")) || 0;
    const watchedFor = this.seen && !document.hidden ? now - Math.max(this.seenSince, uncovered) : 0;
    const shown = judge({ state, capturedAt, since, interval, now, wanted, watchedFor });
    this.setData("show", shown);
    this.setData("state", shown);
    this.setData("fault", shown === "fresh" || shown === "late" ? this.faults.join(" ") : "");
    if (shown === "fresh" || shown === "late") this.showAge(shown, now);
    else this.showTrouble(shown, now);
    this.showFaults(shown);
  }

  showAge(shown, now) {
    const text = age(now - this.capturedAt);
    this.setText("ageText", shown === "late" ? t("late_by", { age: text }) : text);
    this.label(`${this.getAttribute("name")}: ${t(`state_${shown}`)}, ${text}`);
  }

  showTrouble(shown, now) {
    const start = this.since || this.capturedAt;
    let word = t(`state_${shown}`);
    if (shown === "offline" && start) word = t("down_for", { age: age(now - start) });
    if (shown === "expired") word = `${t("old_picture")} · ${age(now - this.capturedAt)}`;
    if (this.wordShown !== word) {
      this.wordShown = word;
      this.parts.word.replaceChildren(icon(ICONS[shown] ?? "info"), el("span", "cc-clip", word));
    }
    const reason = this.getAttribute("reason") ?? "";
    const text = shown === "never" || shown === "expired" ? "" : hasText(`reason_${reason}`) ? t(`reason_${reason}`) : reason;
    this.setText("reason", text);
    this.parts.reason.hidden = !text;
    const last = this.capturedAt && this.painted ? t("last_picture", { time: stamp(this.capturedAt) }) : "";
    this.setText("last", last);
    this.parts.last.hidden = !last;
    this.label(`${this.getAttribute("name")}: ${[word, text, last].filter(Boolean).join(", ")}`);
  }

  showFaults(shown) {
    const list = shown === "fresh" || shown === "late" ? this.faults : [];
    const key = list.join(" ");
    if (this.faultShown === key) return;
    this.faultShown = key;
    this.parts.fault.hidden = !list.length;
    if (!list.length) return;
    const words = list.map((fault) => t(`fault_${fault}`)).join(" · ");
    this.parts.fault.replaceChildren(icon(FAULT_ICONS[list[0]] ?? "alert"), el("span", "cc-clip", words));
  }

  setData(key, value) {
    if (this.dataset[key] !== value) this.dataset[key] = value;
  }

  setText(part, value) {
    if (this.parts[part].textContent !== value) this.parts[part].textContent = value;
  }

  label(value) {
    const { canvas } = this.parts;
    if (canvas.getAttribute("aria-label") !== value) canvas.setAttribute("aria-label", value);
  }
}

customElements.define("cc-cam", Cam);
