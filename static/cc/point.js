// Map picker for point fields: <div data-point-picker data-lat="id_lat" data-lng="id_lng"
// data-areas="URL" data-land="URL" data-direction="id_direction" data-fov="id_fov"> beside two number fields.
// A click or a dragged mark sets the numbers; typed numbers move the mark. The fields work without it.
// Inside a closed <details> it waits until somebody opens that. A page without our settings block names the
// library itself (data-leaflet-js, data-leaflet-css, data-tiles) and calls mount().
import { conf, el } from "./conf.js";
import { cone } from "./map-geo.js";

function bring({ leafletJs = conf.leafletJs, leafletCss = conf.leafletCss }) {
  return new Promise((resolve, reject) => {
    if (window.L) return resolve(window.L);
    if (!leafletJs) return reject(new Error("no map library"));
    const style = el("link");
    style.rel = "stylesheet";
    style.href = leafletCss;
    const script = el("script");
    script.src = leafletJs;
    script.onload = () => resolve(window.L);
    script.onerror = reject;
    document.head.append(style, script);
  });
}

const number = (field) => {
  const value = parseFloat((field?.value ?? "").replace(",", "."));
  return Number.isFinite(value) ? value : null;
};

/** A token's colour as the canvas can read it; `other` where the page has no such token (the admin). */
function colour(token, other) {
  if (!getComputedStyle(document.documentElement).getPropertyValue(token).trim()) return other;
  const probe = el("i");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** The mark, the same on every page that has the picker: green on dark on white, seen on any ground. */
function dot() {
  const mark = el("i");
  Object.assign(mark.style, {
    position: "absolute", inlineSize: "20px", blockSize: "20px", margin: "-10px 0 0 -10px", boxSizing: "border-box",
    borderRadius: "50%", background: "#45d69a", border: "4px solid #04080d", boxShadow: "0 0 0 2px #ffffff",
  });
  return mark;
}

class Picker {
  constructor(L, box) {
    this.L = L;
    this.box = box;
    const field = (name) => document.getElementById(box.dataset[name] ?? "");
    this.fields = { lat: field("lat"), lng: field("lng"), direction: field("direction"), fov: field("fov") };
    box.style.blockSize ||= "24rem";
    box.style.background = colour("--map-sea", "#dbe6f0");
    this.map = L.map(box, { preferCanvas: true, zoomSnap: 0.25, attributionControl: false });
    this.map.setView([-6.12, 106.15], 10);
    const tiles = box.dataset.tiles ?? conf.tiles;
    if (tiles) L.tileLayer(tiles, { maxZoom: 19 }).addTo(this.map);
    const icon = L.divIcon({ className: "cc-point-mark", html: dot(), iconSize: [0, 0] });
    this.mark = L.marker(this.map.getCenter(), { draggable: true, icon, keyboard: true });
    this.mark.on("dragend", () => this.set(this.mark.getLatLng()));
    this.map.on("click", (event) => this.set(event.latlng));
    this.map.on("zoomend", () => this.show());
    for (const one of Object.values(this.fields)) one?.addEventListener("input", () => this.show());
    this.ground().finally(() => this.show(true));
  }

  async ground() {
    const land = { stroke: false, fillColor: colour("--map-land", "#c9d2dc"), fillOpacity: 1 };
    const area = { color: colour("--map-line", "#3c7fc4"), weight: 1.4, fillColor: colour("--map-area", "#e4ebf2"), fillOpacity: 1 };
    for (const [url, style] of [[this.box.dataset.land, land], [this.box.dataset.areas, area]]) {
      if (!url) continue;
      const answer = await fetch(url);
      if (!answer.ok) continue;
      const data = await answer.json();
      const layer = this.L.geoJSON(data, { interactive: false, style }).addTo(this.map);
      if (url !== this.box.dataset.areas || !layer.getBounds().isValid()) continue;
      this.map.fitBounds(layer.getBounds());
      if ("names" in this.box.dataset) await this.named(data.features);
    }
  }

  /** The areas' names, and from now on a word to the page whether the point is in any of them. */
  async named(features) {
    const { holds, names } = await import("./point-names.js");
    names(this.map, features);
    this.inAreas = (lat, lng) => holds(features, lat, lng);
  }

  set(point) {
    this.fields.lat.value = point.lat.toFixed(6);
    this.fields.lng.value = point.lng.toFixed(6);
    for (const name of ["lat", "lng"]) this.fields[name].dispatchEvent(new Event("change", { bubbles: true }));
    this.show();
  }

  show(centre = false) {
    const lat = number(this.fields.lat);
    const lng = number(this.fields.lng);
    this.cone?.remove();
    if (lat === null || lng === null || Math.abs(lat) > 90) return;
    this.mark.setLatLng([lat, lng]).addTo(this.map);
    if (this.inAreas) this.box.dispatchEvent(new CustomEvent("cc-point", { detail: { outside: !this.inAreas(lat, lng) } }));
    const about = this.box.getAttribute("aria-label") ?? "";
    this.mark.getElement()?.setAttribute("aria-label", `${about} ${lat}, ${lng}`.trim());
    if (centre) this.map.setView([lat, lng], 15);
    const direction = number(this.fields.direction);
    if (direction === null) return;
    const { x, y } = this.map.latLngToContainerPoint([lat, lng]);
    const corners = cone(x, y, direction, number(this.fields.fov) ?? 70, 60).map((point) => this.map.containerPointToLatLng(point));
    this.cone = this.L.polygon(corners, { interactive: false, stroke: false, fillColor: "#3c7fc4", fillOpacity: 0.4 }).addTo(this.map);
  }
}

/** A picker in ``box``; rejects where the library cannot be had. */
export const mount = async (box) => new Picker(await bring(box.dataset), box);
const tryTo = (box) => mount(box).catch(() => box.remove());

for (const box of document.querySelectorAll("[data-point-picker]")) {
  const fold = box.closest("details:not([open])");
  if (fold) fold.addEventListener("toggle", () => tryTo(box), { once: true });
  else tryTo(box);
}
