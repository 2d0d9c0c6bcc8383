// <cc-age at="ISO">: an age that ticks by server time; with camera="ID" it follows that camera's newest picture. <cc-clock date>: the city's clock with its zone.
import { age, clockTime, conf, el, longDate, onSecond, stamp } from "./conf.js";

class Age extends HTMLElement {
  static observedAttributes = ["at"];

  connectedCallback() {
    this.stop = onSecond((now) => this.show(now));
    if (this.hasAttribute("camera")) document.addEventListener("cc-picture", this);
  }

  disconnectedCallback() {
    this.stop?.();
    document.removeEventListener("cc-picture", this);
  }

  handleEvent({ detail }) {
    if (detail.camera === this.getAttribute("camera") && detail.capturedAt > (this.at || 0)) {
      this.setAttribute("at", new Date(detail.capturedAt).toISOString());
    }
  }

  attributeChangedCallback() {
    this.at = Date.parse(this.getAttribute("at") ?? "");
    if (!Number.isNaN(this.at)) this.title = stamp(this.at);
  }

  show(now) {
    if (Number.isNaN(this.at)) return;
    const text = age(now - this.at);
    if (this.textContent !== text) this.textContent = text;
  }
}

class Clock extends HTMLElement {
  connectedCallback() {
    this.time = el("time", "cc-clock-time");
    const zone = el("span", "cc-clock-zone", ` ${conf.zoneName ?? ""}`);
    this.date = this.hasAttribute("date") ? el("span", "cc-clock-date") : null;
    const line = el("span", "cc-clock-line", this.time, zone);
    this.replaceChildren(...(this.date ? [this.date, line] : [line]));
    this.stop = onSecond((now) => this.show(now));
  }

  disconnectedCallback() {
    this.stop?.();
  }

  show(now) {
    this.time.textContent = clockTime(now);
    if (this.date) {
      const text = longDate(now);
      if (this.date.textContent !== text) this.date.textContent = text;
    }
  }
}

customElements.define("cc-age", Age);
customElements.define("cc-clock", Clock);
