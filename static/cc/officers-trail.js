// <cc-trail data-src=URL>: an officer's way on one day, replayed on its <cc-map>. Between two points further apart than
// ten minutes no line is drawn: nobody knows the way, and the page does not make one up.
import { age, clockTime } from "./conf.js";

const GAP_MS = 600000;
const FRAME_MS = 120;

class Trail extends HTMLElement {
  connectedCallback() {
    this.map = this.querySelector("cc-map");
    this.slider = this.querySelector("[data-at]");
    this.speed = this.querySelector("[data-speed]");
    this.clock = this.querySelector("[data-clock]");
    this.said = this.querySelector("[data-said]");
    this.button = this.querySelector("[data-play]");
    this.word = this.querySelector("[data-play-word]");
    this.words = [this.word.textContent, this.word.dataset.stop];
    this.button.addEventListener("click", () => this.play(!this.timer));
    this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
    this.addEventListener("keydown", (event) => this.key(event));
    const ready = this.map.hasAttribute("data-ready") ? Promise.resolve() : new Promise((go) => this.map.addEventListener("cc-map-ready", go, { once: true }));
    this.load(ready).catch(() => this.say(this.dataset.failed));
  }

  disconnectedCallback() {
    this.play(false);
  }

  say(text) {
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  async load(ready) {
    const answer = await fetch(this.dataset.src, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { points } = await answer.json();
    this.points = points;
    this.button.disabled = !points.length;
    if (!points.length) return this.say(this.dataset.none);
    const [first, last] = [points[0][0], points[points.length - 1][0]];
    Object.assign(this.slider, { min: first, max: last, step: 1000, value: first });
    // The whole way is there at once, also where the map library is missing.
    this.show(last);
    await ready;
    const [lats, lngs] = [points.map((point) => point[1]), points.map((point) => point[2])];
    const edge = 0.002;
    this.map.fit([Math.min(...lngs) - edge, Math.min(...lats) - edge, Math.max(...lngs) + edge, Math.max(...lats) + edge]);
    this.show(last);
  }

  /** How many points are not later than a moment. */
  before(at) {
    let [low, high] = [0, this.points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.points[middle][0] <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  show(at) {
    if (!this.points?.length) return;
    const [first, last] = [this.points[0][0], this.points[this.points.length - 1][0]];
    this.at = Math.min(Math.max(at, first), last);
    this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", clockTime(this.at));
    this.clock.textContent = clockTime(this.at);
    const count = Math.max(1, this.before(this.at));
    const lines = [[]];
    for (let n = 0; n < count; n += 1) {
      if (n && this.points[n][0] - this.points[n - 1][0] > GAP_MS) lines.push([]);
      lines[lines.length - 1].push([this.points[n][2], this.points[n][1]]);
    }
    const [when, lat, lng, , mock] = this.points[count - 1];
    const quiet = this.at - when;
    const state = mock ? "offline" : quiet > GAP_MS ? "late" : "fresh";
    const told = [clockTime(when), quiet > GAP_MS && `${this.dataset.gap} ${age(quiet)}`, mock && this.dataset.mock].filter(Boolean).join(" · ");
    this.say(told);
    const features = lines.filter((line) => line.length > 1).map((coordinates) => ({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: {} }));
    features.push({ type: "Feature", geometry: { type: "Point", coordinates: [lng, lat] }, properties: { id: "trail", name: told, label: clockTime(when), state, word: told } });
    if (this.map.layers) this.map.setLayer("trail", { type: "FeatureCollection", features });
  }

  play(on) {
    clearInterval(this.timer);
    this.timer = null;
    if (on && this.points?.length) {
      if (this.at >= this.points[this.points.length - 1][0]) this.show(this.points[0][0]);
      let then = performance.now();
      this.timer = setInterval(() => {
        const now = performance.now();
        this.show(this.at + (now - then) * Number(this.speed.value));
        then = now;
        if (this.at >= this.points[this.points.length - 1][0]) this.play(false);
      }, FRAME_MS);
    }
    this.word.textContent = this.words[this.timer ? 1 : 0];
    this.toggleAttribute("data-playing", Boolean(this.timer));
  }

  key(event) {
    if (event.target.matches("select, button") || event.ctrlKey || event.altKey || event.metaKey || !this.points?.length) return;
    const minutes = event.shiftKey ? 10 : 1;
    const options = this.speed.options.length - 1;
    const deed = {
      " ": () => this.play(!this.timer),
      ArrowLeft: () => this.show(this.at - minutes * 60000),
      ArrowRight: () => this.show(this.at + minutes * 60000),
      Home: () => this.show(this.points[0][0]),
      End: () => this.show(this.points[this.points.length - 1][0]),
      "+": () => (this.speed.selectedIndex = Math.min(options, this.speed.selectedIndex + 1)),
      "-": () => (this.speed.selectedIndex = Math.max(0, this.speed.selectedIndex - 1)),
    }[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }
}

customElements.define("cc-trail", Trail);
