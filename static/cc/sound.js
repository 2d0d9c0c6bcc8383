// <cc-siren alarm="12" severity="critical">: while it stands in the page, its tone repeats. The tile takes it
// away on acknowledgement. Tones differ by rhythm and pitch, so that they are told apart without the screen.
import { el, icon, t } from "./conf.js";

// [frequency Hz, start s, length s] … and the pause until it is heard again (s; 0 = once).
export const TONES = {
  info: { notes: [[660, 0, 0.18]], every: 0, gain: 0.35 },
  warning: { notes: [[660, 0, 0.16], [830, 0.2, 0.22]], every: 60, gain: 0.55 },
  critical: { notes: [[880, 0, 0.2], [660, 0.24, 0.2], [880, 0.48, 0.2], [660, 0.72, 0.3]], every: 5, gain: 0.85 },
  panic: { notes: [[980, 0, 0.12], [980, 0.16, 0.12], [980, 0.32, 0.12], [740, 0.5, 0.5], [980, 1.1, 0.5]], every: 2.5, gain: 1 },
};
const ALIAS = { warn: "warning", minor: "warning", crit: "critical", major: "critical", high: "critical", low: "info" };

let context = null;
export const volume = () => Number(document.body.dataset.volume ?? 70) / 100;

function audio() {
  context ??= new AudioContext();
  return context;
}

/** Plays one tone; resolves to false when the browser refuses sound until somebody touches the page. */
export async function play(severity) {
  const tone = TONES[ALIAS[severity] ?? severity] ?? TONES.warning;
  const ctx = audio();
  if (ctx.state !== "running") await Promise.race([ctx.resume(), new Promise((done) => setTimeout(done, 400))]);
  mark(ctx.state === "running" && volume() > 0);
  if (ctx.state !== "running" || volume() === 0) return false;
  for (const [frequency, start, length] of tone.notes) note(ctx, frequency, start, length, tone.gain * volume());
  return true;
}

function note(ctx, frequency, start, length, gain) {
  const at = ctx.currentTime + start + 0.02;
  const oscillator = new OscillatorNode(ctx, { type: "triangle", frequency });
  const envelope = new GainNode(ctx, { gain: 0 });
  envelope.gain.setValueAtTime(0, at);
  envelope.gain.linearRampToValueAtTime(gain, at + 0.015);
  envelope.gain.setValueAtTime(gain, at + length - 0.04);
  envelope.gain.linearRampToValueAtTime(0, at + length);
  oscillator.connect(envelope).connect(ctx.destination);
  oscillator.start(at);
  oscillator.stop(at + length + 0.02);
}

/** The visible "sound off" mark; a touch on it turns sound on where the browser allows it then. */
function mark(heard) {
  let button = document.querySelector(".cc-sound-mark");
  if (heard) {
    button?.remove();
    return;
  }
  if (button) return;
  button = el("button", "cc-sound-mark", icon("sound-off"), t("muted"));
  button.type = "button";
  button.addEventListener("click", () => play("info"));
  (document.querySelector("[data-cc-marks]") ?? document.body).append(button);
}

class Siren extends HTMLElement {
  connectedCallback() {
    if (this.timer || this.once) return;
    this.ring();
  }

  disconnectedCallback() {
    queueMicrotask(() => {
      if (this.isConnected) return;
      clearTimeout(this.timer);
      this.timer = 0;
    });
  }

  ring() {
    const severity = this.getAttribute("severity") ?? "warning";
    const tone = TONES[ALIAS[severity] ?? severity] ?? TONES.warning;
    // Strip and tile may both hold the siren of one alarm: the page's first sounds, the others keep quiet.
    if (document.querySelector("cc-siren") === this) play(severity);
    if (!tone.every) {
      this.once = true;
      return;
    }
    const length = Math.max(...tone.notes.map(([, start, span]) => start + span));
    this.timer = setTimeout(() => this.isConnected && this.ring(), (length + tone.every) * 1000);
  }
}
customElements.define("cc-siren", Siren);
