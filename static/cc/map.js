// <cc-map>: the only module that knows Leaflet. Without Leaflet the server's own SVG map stays where it is.
// Attributes: layers="key key" (or addresses that begin with /), topics, areas=URL, land=URL, fit="areas|layers|west,south,east,north", pick, note,
// legend, titles (JSON of layer to name: whose marks they are), around="lat,lng" (rings of distance around a place, which is the middle; as wide as what is near).
import { ask } from "./ask.js";
import { age, conf, el, isWall, onSecond, serverNow, stamp, t } from "./conf.js";
import { cluster, cone, labelPoint, mainBounds, placeLabels, reachAround, worst } from "./map-geo.js";
import { legendOf } from "./map-legend.js";
import { drawRings } from "./map-rings.js";
import { join } from "./socket.js";

let library = null;

function bring() {
  library ??= new Promise((resolve, reject) => {
    if (window.L) return resolve(window.L);
    if (!conf.leafletJs) return reject(new Error("no map library"));
    const style = el("link");
    style.rel = "stylesheet";
    style.href = conf.leafletCss;
    const script = el("script");
    script.src = conf.leafletJs;
    script.onload = () => resolve(window.L);
    script.onerror = () => reject(new Error("map library not loaded"));
    document.head.prepend(style);
    document.head.append(script);
  });
  return library;
}

const DEAD = new Set(["offline", "auth_failed"]);
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The computed colour of an expression such as var(--map-land): a canvas can't read custom properties. */
function colour(expression) {
  const probe = el("i");
  probe.style.color = expression;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

async function geojson(url) {
  const answer = await ask(url, { Accept: "application/geo+json, application/json" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

class CityMap extends HTMLElement {
  connectedCallback() {
    if (this.map || this.mounting) return;
    this.mounting = this.mount().catch(() => this.plain());
  }

  disconnectedCallback() {
    // A renewed tile moves its map; only a map that stays away is taken down.
    setTimeout(() => this.isConnected || this.destroy(), 100);
  }

  plain() {
    if (!this.querySelector(".cc-map-plain")) this.append(el("p", "cc-map-note", t("map_missing")));
  }

  async mount() {
    const L = await bring();
    this.L = L;
    this.layers = new Map(); // name -> FeatureCollection
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || isWall();
    this.pane = el("div", "cc-map-pane");
    this.labels = el("div", "cc-map-labels");
    this.append(this.pane, this.labels);
    this.map = L.map(this.pane, {
      preferCanvas: true, zoomSnap: isWall() ? 0.05 : 0.25, zoomControl: !isWall(), attributionControl: false,
      fadeAnimation: !still, zoomAnimation: !still, markerZoomAnimation: !still, inertia: !still,
      dragging: !isWall(), scrollWheelZoom: !isWall(), keyboard: !isWall(), boxZoom: false,
    });
    this.map.setView([-2, 118], 5);
    this.ground = L.layerGroup().addTo(this.map);
    this.areas = L.layerGroup().addTo(this.map);
    this.shapes = L.layerGroup().addTo(this.map);
    this.marks = L.layerGroup().addTo(this.map);
    this.setScale(parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
    this.map.on("moveend zoomend resize", () => this.drawSoon());
    new ResizeObserver(() => this.resized()).observe(this);
    await this.fill();
    this.toggleAttribute("data-ready", true);
    this.resized();
    const topics = (this.getAttribute("topics") ?? "").split(/\s+/).filter(Boolean);
    this.leave = topics.length ? join(topics, () => this.readSoon()) : null;
    this.again = () => this.readLayers();
    document.addEventListener("cc-refetch", this.again);
    this.stop = onSecond((now) => this.drawNote(now));
    this.poll = setInterval(this.again, 60000 + Math.random() * 10000);
    this.dispatchEvent(new CustomEvent("cc-map-ready", { bubbles: true }));
  }

  async fill() {
    const quiet = (work) => work.catch((error) => console.warn(error.message));
    const land = this.getAttribute("land");
    const areas = this.getAttribute("areas");
    if (conf.tiles) this.setBase("tiles");
    else if (land) await quiet(geojson(land).then((data) => this.setBase("land", data)));
    if (areas) await quiet(geojson(areas).then((data) => this.setBoundaries("kecamatan", data)));
    await quiet(this.readLayers());
    this.drawLegend(this.points().map((item) => ({ ...item, state: item.properties.state ?? "unknown" })));
    const around = (this.getAttribute("around") ?? "").split(",").map(Number);
    this.fit(around.length === 2 && around.every(Number.isFinite) ? { around } : this.getAttribute("fit") ?? "areas");
  }

  async readLayers() {
    const names = (this.getAttribute("layers") ?? "").split(/\s+/).filter(Boolean);
    const read = await Promise.allSettled(
      names.map(async (name) => this.setLayer(name, await geojson(name.startsWith("/") ? name : `/wall/layer/${name}.geojson`))),
    );
    if (read.every((one) => one.status === "fulfilled")) this.readAt = serverNow();
  }

  /** Reads at once, and again when the second is over: an event may stand for all that its second brings. */
  readSoon() {
    clearTimeout(this.soon);
    clearTimeout(this.after);
    const read = async () => {
      const begun = performance.now();
      await this.readLayers();
      // A layer that takes long to come is not asked for all the time.
      this.restUntil = performance.now() + 5 * (performance.now() - begun);
    };
    const wait = Math.max(0, (this.restUntil ?? 0) - performance.now());
    this.soon = setTimeout(read, wait);
    this.after = setTimeout(read, wait + 1100);
  }

  /** "tiles": raster tiles of the configured host; "land": our outline; "none". */
  setBase(kind, data) {
    this.ground.clearLayers();
    if (kind === "tiles") this.L.tileLayer(conf.tiles, { maxZoom: 19 }).addTo(this.ground);
    if (kind !== "land" || !data) return;
    this.L.geoJSON(data, { interactive: false, style: { stroke: false, fillColor: colour("var(--map-land)"), fillOpacity: 1 } }).addTo(this.ground);
  }

  setBoundaries(level, data) {
    this.areas.clearLayers();
    this.areaData = data;
    this.areaLayer = this.L.geoJSON(data, {
      interactive: false,
      style: { color: colour("var(--map-line)"), weight: 1.4 * this.scale, fillColor: colour("var(--map-area)"), fillOpacity: 1 },
    }).addTo(this.areas);
    this.areaPoints = data.features.filter((feature) => feature.geometry?.coordinates?.length).map((feature) => ({
      name: feature.properties.name ?? feature.properties.label ?? "", ...labelPoint(feature.geometry),
    }));
    this.estimate = data.features.some((feature) => feature.properties.estimate);
    this.drawSoon();
  }

  setLayer(name, data) {
    this.layers.set(name, data);
    this.drawSoon();
  }

  patch(name, id, properties) {
    const feature = this.layers.get(name)?.features.find((item) => String(item.properties.id) === String(id));
    if (!feature) return;
    Object.assign(feature.properties, properties);
    this.drawSoon();
  }

  /** What to show whole: "areas", "layers", a list of ids, or [west, south, east, north]. */
  fit(wish) {
    const what = typeof wish === "string" && wish.includes(",") ? wish.split(",").map(Number) : wish;
    this.fitted = what;
    const box = this.boundsOf(what) ?? this.boundsOf("layers") ?? this.boundsOf("areas");
    if (!box?.isValid()) return void this.drawSoon();
    const side = Math.min(this.clientWidth, this.clientHeight);
    const edge = side * 0.03 + 8 * this.scale;
    const foot = this.legend ? this.legend.offsetHeight : 0;
    this.map.fitBounds(box, { paddingTopLeft: [edge, edge], paddingBottomRight: [edge, edge + foot], animate: false, maxZoom: 17 });
  }

  boundsOf(what) {
    const { L } = this;
    if (Array.isArray(what) && what.length === 4 && what.every(Number.isFinite)) {
      return L.latLngBounds([what[1], what[0]], [what[3], what[2]]);
    }
    const points = this.points();
    if (what?.around) {
      const half = (this.half = reachAround(what.around, points.map((item) => item.at)));
      return L.latLng(what.around).toBounds(2 * half);
    }
    if (what === "areas") {
      const main = this.areaData && mainBounds(this.areaData.features);
      return main ? points.reduce((box, item) => box.extend(item.at), this.boundsOf(main)) : null;
    }
    const chosen = points.filter((item) => !Array.isArray(what) || what.includes(item.properties.id));
    return chosen.length ? L.latLngBounds(chosen.map((item) => item.at)).pad(0.15) : null;
  }

  flyTo(point, zoom) {
    this.map.setView(point, zoom, { animate: false });
  }

  highlight(id) {
    this.lit = id === null ? null : String(id);
    this.drawSoon();
  }

  setScale(factor) {
    this.scale = factor;
    if (this.areaLayer) this.areaLayer.setStyle({ weight: 1.4 * factor });
    this.drawSoon();
  }

  destroy() {
    this.leave?.();
    this.stop?.();
    clearInterval(this.poll);
    clearTimeout(this.soon);
    clearTimeout(this.after);
    document.removeEventListener("cc-refetch", this.again);
    this.map?.remove();
    this.pane?.remove();
    this.labels?.remove();
    this.map = this.mounting = null;
    this.removeAttribute("data-ready");
  }

  resized() {
    if (!this.map || !this.clientWidth) return;
    this.map.invalidateSize({ animate: false });
    if (isWall() || !this.moved) this.fit(this.fitted ?? this.getAttribute("fit") ?? "areas");
    this.moved = true;
  }

  points() {
    const found = [];
    for (const [layer, data] of this.layers) {
      for (const { geometry, properties } of data.features) {
        if (geometry?.type === "Point") found.push({ layer, properties, at: [geometry.coordinates[1], geometry.coordinates[0]] });
      }
    }
    return found;
  }

  drawSoon() {
    cancelAnimationFrame(this.frame);
    // Before the first fit everything would stand on one heap.
    this.frame = requestAnimationFrame(() => this.map && this.clientWidth && this.fitted && this.draw());
  }

  draw() {
    const size = parseFloat(getComputedStyle(this).getPropertyValue("--map-mark")) * parseFloat(css("font-size") || 0);
    const mark = size || 18 * this.scale;
    const here = this.fitted?.around;
    // The place that the map is about has a sign of its own in the middle.
    const others = this.points().filter(({ at, properties }) => !here || properties.kind !== "alarm" || Math.abs(at[0] - here[0]) + Math.abs(at[1] - here[1]) > 3e-5);
    const items = others.map((item) => {
      const at = this.map.latLngToContainerPoint(item.at);
      return { ...item, x: at.x, y: at.y, state: item.properties.state ?? "unknown" };
    });
    const groups = cluster(items, mark * 1.15);
    for (const group of groups) {
      group.worst = worst(group.items.map((item) => item.state));
      group.reach = mark * (group.items.length > 1 ? 1.05 : DEAD.has(group.worst) ? 0.95 : 0.68);
    }
    drawRings(this, colour("var(--ink-2)"));
    this.drawPolygons();
    this.drawCones(groups, mark);
    this.drawMarks(groups);
    this.drawLabels(groups, mark);
    this.drawLegend(items);
  }

  drawPolygons() {
    this.shapes.clearLayers();
    for (const data of this.layers.values()) {
      const features = data.features.filter((feature) => feature.geometry && feature.geometry.type !== "Point");
      if (!features.length) continue;
      const shade = colour("var(--warn)");
      const style = ({ properties }) => Number.isFinite(properties.share) ? {
        stroke: false, fillColor: shade, fillOpacity: 0.1 + 0.65 * properties.share, // a count of many: heat or area
      } : ({
        color: colour(`var(--${properties.severity ?? "info"})`), weight: 3 * this.scale, fillOpacity: 0.22,
      });
      this.L.geoJSON({ type: "FeatureCollection", features }, { style }).addTo(this.shapes);
    }
  }

  drawCones(groups, mark) {
    const fill = colour("var(--m5)");
    for (const { items } of groups) {
      if (items.length > 1) continue;
      const [{ x, y, properties }] = items;
      if (!Number.isFinite(properties.direction) || !properties.fov || properties.state === "offline") continue;
      const points = cone(x, y, properties.direction, properties.fov, mark * 2.2).map((point) => this.map.containerPointToLatLng(point));
      this.L.polygon(points, { interactive: false, stroke: false, fillColor: fill, fillOpacity: 0.34 }).addTo(this.shapes);
    }
  }

  drawMarks(groups) {
    this.marks.clearLayers();
    for (const group of groups) {
      const [first] = group.items;
      const count = group.items.length;
      const state = group.worst;
      const inner = el("i", "", count > 1 ? String(count) : first.properties.mark ?? "");
      const icon = this.L.divIcon({ className: "cc-map-mark", html: inner, iconSize: [0, 0] });
      const marker = this.L.marker(first.at, { icon, keyboard: !isWall(), alt: first.properties.name, title: first.properties.name, zIndexOffset: state === "offline" ? 1000 : 0 });
      marker.on("click", () => this.pick(group));
      marker.addTo(this.marks);
      const node = marker.getElement();
      node.dataset.state = state;
      if (count > 1) node.dataset.count = count;
      if (count > 1 && group.items.every((item) => item.properties.kind === "officer")) node.dataset.group = "officer";
      if (count === 1 && first.properties.tone) Object.assign(node.dataset, { kind: first.properties.kind, tone: first.properties.tone });
      if (group.items.some((item) => String(item.properties.id) === this.lit)) node.dataset.lit = "";
      if (isWall()) node.setAttribute("role", "img");
      const name = count > 1 ? `${count} · ${first.properties.place ?? first.properties.label ?? first.properties.name}` : [first.properties.tone && first.properties.mark, first.properties.name].filter(Boolean).join(" · ");
      const bad = group.items.find((item) => item.state === state).properties;
      const word = bad.word && (count === 1 || bad.fix) ? bad.word : t(`state_${state}`);
      const told = [`${name}: ${word}`, count === 1 && bad.fix && t("place_age", { age: age(serverNow() - bad.fix) })].filter(Boolean).join(" · ");
      if (bad.fix) node.title = told;
      node.setAttribute("aria-label", told);
    }
  }

  pick(group) {
    const [{ layer, properties }] = group.items;
    const event = new CustomEvent("cc-pick", { bubbles: true, cancelable: true, detail: { layer, properties, count: group.items.length } });
    if (!this.dispatchEvent(event) || isWall()) return;
    if (group.items.length > 1) this.map.setView(group.items[0].at, Math.min(18, this.map.getZoom() + 2));
    else if (properties.href) location.href = properties.href;
  }

  drawLabels(groups, mark) {
    const style = getComputedStyle(this);
    const px = parseFloat(style.getPropertyValue("--map-text")) * parseFloat(css("font-size") || 16) || 14;
    this.ruler ??= document.createElement("canvas").getContext("2d");
    this.ruler.font = `650 ${px}px ${style.fontFamily}`;
    const box = (text) => ({ w: Math.min(this.ruler.measureText(text).width + px * 0.9, px * 14), h: px * 1.3 });
    const wanted = groups.map((group) => {
      const state = group.worst;
      const { label, name, place, fix } = group.items[0].properties;
      const old = group.items.length === 1 && fix && serverNow() - fix > 300000 ? ` · ${age(serverNow() - fix)}` : "";
      const text = ((group.items.length > 1 && place) || label || name || "") + old;
      const priority = DEAD.has(state) ? 100 : 50 + group.items.length;
      return { text, state, x: group.x, y: group.y, gap: group.reach + 2, priority, ...box(text) };
    });
    for (const area of this.areaPoints ?? []) {
      const at = this.map.latLngToContainerPoint([area.point[1], area.point[0]]);
      wanted.push({ text: area.name, kind: "area", centre: true, x: at.x, y: at.y, gap: 0, priority: Math.min(40, area.area * 1000), ...box(area.name) });
    }
    const taken = groups.map(({ x, y, reach }) => ({ x: x - reach, y: y - reach, w: reach * 2, h: reach * 2 }));
    const middle = this.fitted?.around && this.map.latLngToContainerPoint(this.fitted.around);
    if (middle) taken.push({ x: middle.x - mark, y: middle.y - mark, w: 2 * mark, h: 2 * mark });
    if (this.legend) taken.push({ x: 0, y: this.legend.offsetTop, w: this.legend.offsetWidth + 12, h: this.clientHeight });
    const placed = placeLabels(wanted.filter((label) => label.text), taken, { w: this.clientWidth, h: this.clientHeight });
    this.labels.replaceChildren(...placed.map(({ label, left, top }) => {
      const node = el("span", "cc-map-label", label.text);
      if (label.kind) node.dataset.kind = label.kind;
      else node.dataset.state = label.state;
      node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
      return node;
    }));
  }

  /** As-of time of the layers; a map whose layers could not be read for three polls loses its colour. */
  drawNote(now = serverNow()) {
    const old = this.readAt && now - this.readAt > 210000;
    this.dataset.fresh = old ? "expired" : "fresh";
    const simulated = this.hasAttribute("around") && this.points().some((item) => item.properties.simulated);
    const parts = [simulated && t("simulation"), this.estimate ? t("map_estimate") : this.getAttribute("note")];
    if (this.readAt) parts.push(old ? `${t("state_expired")} ${stamp(this.readAt)}` : stamp(this.readAt));
    this.note ??= this.appendChild(el("div", "cc-map-note"));
    this.note.textContent = parts.filter(Boolean).join(" · ");
  }

  drawLegend(items) {
    if (!this.hasAttribute("legend")) return;
    this.legend ??= this.appendChild(el("div", "cc-map-legend"));
    this.legend.replaceChildren(...legendOf(this, items));
    this.drawNote();
  }
}

customElements.define("cc-map", CityMap);
