// Map picker for point fields of the admin: <div data-point-picker data-lat="id_lat" data-lng="id_lng"
// data-areas="URL" data-land="URL" data-direction="id_direction" data-fov="id_fov"> beside two number fields.
// A click or a dragged mark sets the numbers; typed numbers move the mark. The fields work without it.
import { conf, el } from "./conf.js";
import { cone } from "./map-geo.js";

function bring() {
  return new Promise((resolve, reject) => {
    if (window.L) return resolve(window.L);
    if (!conf.leafletJs) return reject(new Error("no map library"));
    const style = el("link");
    style.rel = "stylesheet";
    style.href = conf.leafletCss;
    const script = el("script");
    script.src = conf.leafletJs;
    script.onload = () => resolve(window.L);
    script.onerror = reject;
    document.head.append(style, script);
  });
}

const number = (field) => {
  const value = parseFloat((field?.value ?? "").replace(",", "."));
  return Number.isFinite(value) ? value : null;
};

class Picker {
  constructor(L, box) {
    this.L = L;
    this.box = box;
    const field = (name) => document.getElementById(box.dataset[name] ?? "");
    this.fields = { lat: field("lat"), lng: field("lng"), direction: field("direction"), fov: field("fov") };
    box.style.blockSize ||= "24rem";
    this.map = L.map(box, { preferCanvas: true, zoomSnap: 0.25, attributionControl: false });
    this.map.setView([-6.12, 106.15], 10);
    if (conf.tiles) L.tileLayer(conf.tiles, { maxZoom: 19 }).addTo(this.map);
    const icon = L.divIcon({ className: "cc-point-mark", html: el("i"), iconSize: [0, 0] });
    this.mark = L.marker(this.map.getCenter(), { draggable: true, icon, keyboard: true });
    this.mark.on("dragend", () => this.set(this.mark.getLatLng()));
    this.map.on("click", (event) => this.set(event.latlng));
    this.map.on("zoomend", () => this.show());
    for (const one of Object.values(this.fields)) one?.addEventListener("input", () => this.show());
    this.ground().finally(() => this.show(true));
  }

  async ground() {
    for (const [url, style] of [[this.box.dataset.land, { stroke: false, fillColor: "#7d8ea3", fillOpacity: 0.25 }], [this.box.dataset.areas, { color: "#3c7fc4", weight: 1, fillOpacity: 0.08 }]]) {
      if (!url) continue;
      const answer = await fetch(url);
      if (!answer.ok) continue;
      const layer = this.L.geoJSON(await answer.json(), { interactive: false, style }).addTo(this.map);
      if (url === this.box.dataset.areas && layer.getBounds().isValid()) this.map.fitBounds(layer.getBounds());
    }
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
    if (centre) this.map.setView([lat, lng], 15);
    const direction = number(this.fields.direction);
    if (direction === null) return;
    const { x, y } = this.map.latLngToContainerPoint([lat, lng]);
    const corners = cone(x, y, direction, number(this.fields.fov) ?? 70, 60).map((point) => this.map.containerPointToLatLng(point));
    this.cone = this.L.polygon(corners, { interactive: false, stroke: false, fillColor: "#3c7fc4", fillOpacity: 0.4 }).addTo(this.map);
  }
}

const boxes = document.querySelectorAll("[data-point-picker]");
if (boxes.length) {
  bring().then((L) => boxes.forEach((box) => new Picker(L, box))).catch(() => boxes.forEach((box) => box.remove()));
}
