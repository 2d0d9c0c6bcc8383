// Interactive time series: <div data-cc-chart data-src="URL.json" data-unit="%">. The JSON is {"t": [s …],
// "series": [{"label", "values"}]}. Without uPlot what stands inside (a sparkline, a table) stays.
import { conf, el } from "./conf.js";

let library = null;
function bring() {
  library ??= new Promise((resolve, reject) => {
    if (!conf.uplotJs) return reject(new Error("no chart library"));
    const style = el("link");
    style.rel = "stylesheet";
    style.href = conf.uplotCss;
    const script = el("script");
    script.src = conf.uplotJs;
    script.onload = () => resolve(window.uPlot);
    script.onerror = reject;
    document.head.append(style, script);
  });
  return library;
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

async function draw(box) {
  const [Plot, answer] = await Promise.all([bring(), fetch(box.dataset.src)]);
  if (!answer.ok) return;
  const { t, series } = await answer.json();
  const colours = ["--accent-fill", "--warn", "--info", "--good"].map(token);
  const axis = { stroke: token("--ink-2"), grid: { stroke: token("--line") }, ticks: { stroke: token("--line") } };
  const target = el("div");
  const options = {
    width: box.clientWidth,
    height: Number(box.dataset.height ?? 220),
    tzDate: (seconds) => Plot.tzDate(new Date(seconds * 1000), conf.zone),
    axes: [{ ...axis }, { ...axis, size: Number(box.dataset.axis ?? 50), values: (_, ticks) => ticks.map((tick) => `${tick.toLocaleString("id-ID")}${box.dataset.unit ?? ""}`) }],
    series: [{}, ...series.map(({ label }, index) => ({ label, stroke: colours[index % 4], width: 2, spanGaps: false }))],
  };
  const plot = new Plot(options, [t, ...series.map(({ values }) => values)], target);
  box.replaceChildren(target);
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: options.height })).observe(box);
}

for (const box of document.querySelectorAll("[data-cc-chart]")) draw(box).catch((error) => console.warn(error.message));
