// Arithmetic of the map, without a map library: clusters, label places, cones, label points of areas.
export const STATE_ORDER = ["offline", "auth_failed", "gone", "degraded", "late", "busy", "unknown", "paused", "maintenance", "online", "fresh"];
const rank = (state) => {
  const at = STATE_ORDER.indexOf(state);
  return at < 0 ? 4 : at;
};

/** The worst of some states, so that a group never looks better than its worst member. */
export const worst = (states) => [...states].sort((a, b) => rank(a) - rank(b))[0] ?? "unknown";

/**
 * Joins points nearer than `near` px. Items: {x, y, state, …}; gives [{x, y, state, items}].
 * A point joins the first group within reach; groups lie in cells of `near` px, so that thousands take no time.
 */
export function cluster(items, near) {
  const groups = [];
  const cells = new Map(); // "column:row" -> indexes into groups
  for (const item of [...items].sort((a, b) => rank(a.state) - rank(b.state))) {
    const [column, row] = [Math.floor(item.x / near), Math.floor(item.y / near)];
    let home = -1;
    for (let c = column - 1; c <= column + 1; c += 1) {
      for (let r = row - 1; r <= row + 1; r += 1) {
        for (const index of cells.get(`${c}:${r}`) ?? []) {
          const within = Math.hypot(groups[index].x - item.x, groups[index].y - item.y) < near;
          if (within && (home < 0 || index < home)) home = index;
        }
      }
    }
    if (home >= 0) {
      groups[home].items.push(item);
      continue;
    }
    const key = `${column}:${row}`;
    cells.set(key, [...(cells.get(key) ?? []), groups.length]);
    groups.push({ x: item.x, y: item.y, state: item.state, items: [item] });
  }
  return groups;
}

/**
 * Half the height of a map around a place, metres: the `n` nearest points are on it, never closer than 300 m, never more
 * than 3 km. `points` and `centre` are [lat, lng].
 */
export function reachAround(centre, points, n = 6) {
  const squeeze = Math.cos((centre[0] * Math.PI) / 180);
  const away = points.map(([lat, lng]) => 111320 * Math.hypot(lat - centre[0], (lng - centre[1]) * squeeze)).sort((a, b) => a - b);
  const near = away.filter((metres) => metres < 2600).slice(0, n).at(-1) ?? 0;
  return Math.min(3000, Math.max(300, near * 1.2));
}

/** Round distances in metres for rings that fill a map of that half height: at most three. */
export function ringSteps(half) {
  const step = [100, 200, 250, 500, 1000].find((metres) => half / metres <= 3.4) ?? 1000;
  return [step, 2 * step, 3 * step];
}

const meets = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/**
 * Places labels by falling priority and drops those whose box meets one already placed.
 * wanted: [{x, y, w, h, gap, priority, centre}]; taken: boxes of the marks; frame: {w, h}.
 * A label stands right of its mark, else left, above, below; `centre` stands on its point.
 */
export function placeLabels(wanted, taken, frame) {
  const boxes = [...taken];
  const placed = [];
  for (const label of [...wanted].sort((a, b) => b.priority - a.priority)) {
    const { x, y, w, h, gap } = label;
    const spots = label.centre
      ? [[x - w / 2, y - h / 2]]
      : [[x + gap, y - h / 2], [x - gap - w, y - h / 2], [x - w / 2, y - gap - h], [x - w / 2, y + gap],
         [x + gap * 0.7, y - gap * 0.7 - h], [x - gap * 0.7 - w, y - gap * 0.7 - h]];
    for (const [left, top] of spots) {
      const box = { x: left, y: top, w, h };
      const inside = left >= 2 && top >= 2 && left + w <= frame.w - 2 && top + h <= frame.h - 2;
      if (inside && !boxes.some((other) => other !== label.own && meets(box, other))) {
        boxes.push(box);
        placed.push({ label, left, top });
        break;
      }
    }
  }
  return placed;
}

/** Corner points of a camera's field of view: an arc of `reach` px around the point. Degrees from north. */
export function cone(x, y, direction, fov, reach) {
  const points = [[x, y]];
  const steps = Math.max(2, Math.round(fov / 12));
  for (let step = 0; step <= steps; step += 1) {
    const angle = ((direction - fov / 2 + (fov * step) / steps - 90) * Math.PI) / 180;
    points.push([x + reach * Math.cos(angle), y + reach * Math.sin(angle)]);
  }
  return points;
}

function ringArea(ring) {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) sum += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  return sum / 2;
}

const ringsOf = ({ type, coordinates }) => {
  if (type === "MultiPolygon") return coordinates.map((polygon) => polygon[0]);
  return type === "Polygon" ? [coordinates[0]] : [];
};

/** [west, south, east, north] of the polygons without their far, tiny islands (under 0.4 % of the area). */
export function mainBounds(features) {
  const rings = features.flatMap((feature) => ringsOf(feature.geometry ?? {}));
  const total = rings.reduce((sum, ring) => sum + Math.abs(ringArea(ring)), 0);
  const main = rings.filter((ring) => Math.abs(ringArea(ring)) > total * 0.004).flat();
  if (!main.length) return null;
  const xs = main.map((point) => point[0]);
  const ys = main.map((point) => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** [lng, lat] of the centre of mass of a GeoJSON polygon's largest ring, and that ring's area. */
export function labelPoint(geometry) {
  const ring = ringsOf(geometry).sort((a, b) => Math.abs(ringArea(b)) - Math.abs(ringArea(a)))[0];
  const area = ringArea(ring);
  if (!area) return { point: ring[0], area: 0 };
  let x = 0;
  let y = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const cross = ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
    x += (ring[j][0] + ring[i][0]) * cross;
    y += (ring[j][1] + ring[i][1]) * cross;
  }
  return { point: [x / (6 * area), y / (6 * area)], area: Math.abs(area) };
}
