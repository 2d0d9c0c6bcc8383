// Rings of distance on <cc-map around="lat,lng">: how far it is to what is near, without a street map.
import { el } from "./conf.js";
import { ringSteps } from "./map-geo.js";

const told = (metres) => (metres < 1000 ? `${metres} m` : `${(metres / 1000).toLocaleString(document.documentElement.lang)} km`);

/** Draws the rings of a map that is fitted around a place, anew each time; nothing on any other map. */
export function drawRings(city, colour) {
  const { L, map, scale, fitted } = city;
  city.rings?.clearLayers();
  if (!fitted?.around) return;
  city.rings ??= L.layerGroup().addTo(map);
  for (const radius of ringSteps(city.half)) {
    const look = { fill: false, interactive: false, color: colour, weight: 1.8 * scale, dashArray: `${6 * scale}` };
    const circle = L.circle(fitted.around, { radius, ...look }).addTo(city.rings);
    const icon = L.divIcon({ className: "cc-map-ring", html: el("span", "", told(radius)), iconSize: [0, 0] });
    // Below: the upper edge belongs to the note.
    const foot = [circle.getBounds().getSouth(), fitted.around[1]];
    L.marker(foot, { icon, interactive: false, keyboard: false }).addTo(city.rings);
  }
}
