// <cc-scene src topics next-at>: the whole wall page's content, read again when the server says that it changed.
import { ask } from "./ask.js";
import { onSecond } from "./conf.js";
import { join, link } from "./socket.js";
import { renew } from "./tile.js";

class Scene extends HTMLElement {
  connectedCallback() {
    const topics = (this.getAttribute("topics") ?? "").split(/\s+/).filter(Boolean);
    join(topics, () => this.read());
    document.addEventListener("cc-refetch", () => this.read());
    onSecond((now) => this.turn(now));
    this.poll = setInterval(() => this.read(), 120000);
  }

  /** A playlist's next scene is asked for at its instant, not a moment before. */
  turn(now) {
    const next = Date.parse(this.getAttribute("next-at") ?? "");
    if (!next || now < next) return;
    this.removeAttribute("next-at");
    this.read();
  }

  async read() {
    const src = this.getAttribute("src");
    if (!src || this.busy) {
      this.again = Boolean(src);
      return;
    }
    this.busy = true;
    try {
      const answer = await ask(src, { "X-CC-Tile": "1" });
      if (answer.status === 401 || answer.status === 403 || answer.redirected) location.reload();
      else if (answer.ok) this.take(await answer.text());
    } catch {
      // The banner says that the connection is gone; the scene stays as it was. Where it is back, what was
      // asked over a dead connection is asked again.
      this.again ||= link.up;
    } finally {
      this.busy = false;
      if (this.again) {
        this.again = false;
        setTimeout(() => this.read(), 500);
      }
    }
  }

  take(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const scene = template.content.querySelector(".cc-scene");
    if (!scene) return;
    const old = this.querySelector(".cc-scene");
    if (old?.dataset.keepScene !== scene.dataset.keepScene || old?.dataset.kind !== scene.dataset.kind) renew(this, template.content);
    if (scene.dataset.nextAt) this.setAttribute("next-at", scene.dataset.nextAt);
    const title = document.querySelector(".cc-brand-name small");
    if (title && scene.dataset.title) title.textContent = scene.dataset.title;
  }
}

customElements.define("cc-scene", Scene);
