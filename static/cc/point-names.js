// Areas below a point picker: their names where they find room, and whether a point lies in any of them.
import { el } from "./conf.js";
import { labelPoint, placeLabels } from "./map-geo.js";

const within = (ring, lng, lat) => {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [[x, y], [u, v]] = [ring[i], ring[j]];
    if (y > lat !== v > lat && lng < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
  }
  return inside;
};
const polygons = ({ type, coordinates }) => (type === "MultiPolygon" ? coordinates : type === "Polygon" ? [coordinates] : []);

/** Whether any of the areas holds the point; a lake that is cut out of an area is outside. */
export const holds = (features, lat, lng) =>
  features.some(({ geometry }) =>
    polygons(geometry ?? {}).some(([outer, ...holes]) => within(outer, lng, lat) && !holes.some((hole) => within(hole, lng, lat))),
  );

/** Writes the areas' names over the map, anew after each move; where two meet the larger area's stays. */
export function names(map, features) {
  const layer = el("div", "cp-pick-names");
  map.getContainer().append(layer);
  const ruler = document.createElement("canvas").getContext("2d");
  const places = features
    .filter(({ geometry }) => geometry?.coordinates?.length)
    .map(({ geometry, properties }) => ({ text: properties.name ?? "", ...labelPoint(geometry) }));
  const draw = () => {
    const { fontSize, fontFamily } = getComputedStyle(layer);
    const px = parseFloat(fontSize);
    ruler.font = `600 ${px}px ${fontFamily}`;
    const wanted = places.filter(({ text }) => text).map(({ text, point, area }) => {
      const { x, y } = map.latLngToContainerPoint([point[1], point[0]]);
      return { text, x, y, w: ruler.measureText(text).width + 6, h: px * 1.3, gap: 0, centre: true, priority: area };
    });
    const { x: w, y: h } = map.getSize();
    layer.replaceChildren(...placeLabels(wanted, [], { w, h }).map(({ label, left, top }) => {
      const name = el("span", "", label.text);
      name.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
      return name;
    }));
  };
  map.on("moveend zoomend resize", draw);
  draw();
}
