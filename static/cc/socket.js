// The page's one socket. Events say which thing changed; pictures are binary frames of the cameras named by
// "show". Protocol: docs/front-end.md. Silence counts as loss: a dead cable sends no close frame.
import { conf, isWall, onSecond, serverNow, setServerNow, t, clockTime, el } from "./conf.js";

const SILENT_MS = 11000; // two ticks of 5 s missed
const CONNECT_MS = 5000; // a call that nobody answers: the browser itself would wait for minutes
const CLOSED_GRACE_MS = 3000; // a server restart heals faster than this and needs no banner
const MERGE_MS = 250;
const HEADER = 32;

const topics = new Map(); // topic -> Set of functions(events)
const cams = new Map(); // "source:id" -> Set of <cc-cam>
const revisions = new Map(); // "topic:id" -> revision
const listeners = new Set();

let socket = null;
let started = false;
let tries = 0;
let timer = 0;
let heard = performance.now();
let called = 0;
let lostAt = 0;
let opened = false;
let pending = new Map();
let showTimer = 0;
let revoked = false;

export const link = { up: false, lostSince: 0 };

/** Calls fn(link) when the connection is found lost or back. */
export function onLink(fn) {
  listeners.add(fn);
  return () => listeners.delete(fn);
}

/** Calls fn(events) at most every 250 ms for events of these topics; returns a function that leaves. */
export function join(names, fn) {
  for (const name of names) {
    if (!topics.has(name)) topics.set(name, new Set());
    topics.get(name).add(fn);
  }
  start();
  if (opened) send({ t: "join", topics: names });
  return () => names.forEach((name) => topics.get(name)?.delete(fn));
}

const camKey = (source, id) => `${source}:${id}`;

export function watch(cam) {
  const key = camKey(cam.source, cam.cameraId);
  if (!cams.has(key)) cams.set(key, new Set());
  cams.get(key).add(cam);
  start();
  showSoon();
}

export function unwatch(cam) {
  const key = camKey(cam.source, cam.cameraId);
  const set = cams.get(key);
  if (!set) return;
  set.delete(cam);
  if (!set.size) cams.delete(key);
  showSoon();
}

export function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function showSoon() {
  clearTimeout(showTimer);
  showTimer = setTimeout(show, 120);
}

const shown = new Set();

/** Names the pictures that are in sight, by source; a desk page in the background needs none. */
function show() {
  const away = document.hidden && !isWall();
  const bySource = new Map([...shown].map((source) => [source, { ids: [], opened: [] }]));
  for (const [key, set] of cams) {
    const [source, id] = key.split(":");
    if (!bySource.has(source)) bySource.set(source, { ids: [], opened: [] });
    const entry = bySource.get(source);
    const large = [...set].some((cam) => cam.getAttribute("level") === "opened");
    if (!away) entry[large ? "opened" : "ids"].push(Number(id));
  }
  for (const [source, entry] of bySource) {
    shown.add(source);
    // One "show" replaces the source's set; a page that opened a camera asks for all at that level.
    const level = entry.opened.length ? "opened" : "wall";
    send({ t: "show", source, ids: [...entry.opened, ...entry.ids], level });
  }
}

function start() {
  const url = document.body.dataset.socket;
  if (started || !url || revoked) return;
  started = true;
  lostAt = serverNow();
  connect();
  onSecond(watchdog);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && socket?.readyState !== WebSocket.OPEN) retry(0);
    showSoon();
  });
  addEventListener("online", () => retry(0));
}

function connect() {
  clearTimeout(timer);
  drop();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${location.host}${document.body.dataset.socket}`);
  socket = mine;
  mine.binaryType = "arraybuffer";
  heard = called = performance.now();
  mine.onopen = () => mine === socket && greet();
  mine.onmessage = (message) => mine === socket && receive(message.data);
  mine.onclose = (event) => mine === socket && closed(event);
}

/** Forgets the present socket without waiting for its close handshake, which may never come. */
function drop() {
  if (!socket) return;
  const old = socket;
  socket = null;
  opened = false;
  old.onopen = old.onmessage = old.onclose = null;
  old.close();
}

function greet() {
  opened = true;
  heard = performance.now();
  send({ t: "join", topics: [...topics.keys()] });
  show();
}

function closed(event) {
  opened = false;
  if (event.code === 4003 || event.code === 4401) location.reload();
  retry();
}

function retry(after) {
  if (revoked) return;
  clearTimeout(timer);
  const ceiling = Math.min(10000, 500 * 2 ** tries);
  tries = Math.min(tries + 1, 8);
  timer = setTimeout(connect, after ?? ceiling * (0.5 + Math.random() / 2));
}

function watchdog() {
  const silent = performance.now() - heard;
  const closedNow = socket?.readyState !== WebSocket.OPEN || !opened;
  if (silent > SILENT_MS || (closedNow && silent > CLOSED_GRACE_MS)) setUp(false);
  const unanswered = socket?.readyState === WebSocket.CONNECTING && performance.now() - called > CONNECT_MS;
  if (unanswered || (silent > SILENT_MS && opened)) {
    drop();
    retry();
  }
}

function setUp(up) {
  if (link.up === up && !(link.lostSince === 0 && !up)) return;
  link.up = up;
  link.lostSince = up ? 0 : serverNow() - (performance.now() - heard);
  if (up) lostAt = 0;
  else lostAt = link.lostSince;
  for (const fn of listeners) fn(link);
}

function receive(data) {
  heard = performance.now();
  if (data instanceof ArrayBuffer) {
    picture(data);
    return;
  }
  const message = JSON.parse(data);
  if (message.now) setServerNow(message.now);
  handlers[message.t]?.(message);
}

const handlers = {
  hello(message) {
    tries = 0;
    const again = lostAt !== 0 || link.lostSince !== 0;
    setUp(true);
    if (conf.build && message.build && message.build !== conf.build) {
      document.dispatchEvent(new CustomEvent("cc-build", { detail: message.build }));
    }
    if (again) document.dispatchEvent(new CustomEvent("cc-refetch", { detail: { lost: true } }));
  },
  tick() {
    setUp(true);
  },
  event({ topic, id, rev }) {
    const key = `${topic}:${id}`;
    if (rev && (revisions.get(key) ?? 0) >= rev) return;
    if (rev) revisions.set(key, rev);
    if (!pending.size) setTimeout(flush, MERGE_MS);
    pending.set(key, { topic, id, rev });
  },
  revoked() {
    revoked = true;
    drop();
    document.dispatchEvent(new CustomEvent("cc-revoked"));
  },
};

function flush() {
  const events = [...pending.values()];
  pending = new Map();
  const calls = new Map();
  for (const event of events) {
    for (const fn of topics.get(event.topic) ?? []) calls.set(fn, [...(calls.get(fn) ?? []), event]);
  }
  for (const [fn, list] of calls) fn(list);
}

const SOURCES = { 1: "cctv" };
const FAULT_BITS = { 1: "frozen", 2: "black", 4: "covered", 8: "blurred", 16: "moved" };

/** Header of a frame, big-endian: magic, source, flags, interval, id, captured ms, seq, width, height. */
export function readFrame(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength <= HEADER || view.getUint32(0) !== 0x43435031) return null;
  const flags = view.getUint8(5);
  return {
    source: SOURCES[view.getUint8(4)] ?? String(view.getUint8(4)),
    faults: Object.keys(FAULT_BITS).filter((bit) => flags & bit).map((bit) => FAULT_BITS[bit]),
    interval: view.getUint16(6),
    id: Number(view.getBigUint64(8)),
    capturedAt: Number(view.getBigUint64(16)),
    seq: view.getUint32(24),
    blob: new Blob([new Uint8Array(buffer, HEADER)], { type: "image/jpeg" }),
  };
}

async function picture(buffer) {
  const frame = readFrame(buffer);
  if (!frame) return;
  const set = cams.get(camKey(frame.source, frame.id)) ?? [];
  const painted = Promise.allSettled([...set].map((cam) => cam.paint(frame)));
  // A picture that can't be painted must still be acknowledged, else its camera stops for good.
  await Promise.race([painted, new Promise((done) => setTimeout(done, 3000))]);
  send({ t: "ack", source: frame.source, id: frame.id, seq: frame.seq });
}

class Live extends HTMLElement {
  connectedCallback() {
    this.stop = onLink((state) => this.show(state));
    this.show(link);
  }

  disconnectedCallback() {
    this.stop?.();
  }

  show(state) {
    this.hidden = !started;
    this.dataset.state = state.up ? "live" : "lost";
    this.textContent = t(state.up ? "live" : "not_live");
    if (started && !state.up && !state.lostSince) this.hidden = true; // still connecting for the first time
  }
}
customElements.define("cc-live", Live);

onLink((state) => {
  const banner = document.querySelector("[data-cc-banner]");
  document.documentElement.toggleAttribute("data-link-lost", !state.up);
  if (!banner) return;
  banner.hidden = state.up;
  if (!state.up) {
    const since = t("link_lost", { time: clockTime(state.lostSince) });
    banner.replaceChildren(since, el("small", "", t("link_lost_help")));
  }
});
