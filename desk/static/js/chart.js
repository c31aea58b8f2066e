// data-chart: a panel with a table; what the table says is drawn above it. A head's data-look names its colour (a token) and
// how it is dashed, a cell's data-value is its number, a row's data-axis its word on the axis.
import { behave } from "./behave.js";

const HEIGHT = 176;
const DASHES = { dashed: [6, 4], dotted: [2, 3] };
const colour = (of, token) => getComputedStyle(of).getPropertyValue(`--${token}`).trim();
// light-dark() is computed when it is used as a colour: a property of one is what the theme makes of it.
const resolved = (of, token) => {
  const probe = document.createElement("span");
  probe.style.color = colour(of, token);
  of.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

const read = (panel) => {
  const rows = [...panel.querySelectorAll("tbody tr")];
  const heads = [...panel.querySelectorAll("thead th[data-look]")];
  const numbers = heads.map((_head, n) => rows.map((row) => {
    const value = row.cells[n + 1].dataset.value;
    return value === undefined ? null : Number(value);
  }));
  return { heads, labels: rows.map((row) => row.cells[0].dataset.axis), names: rows.map((row) => row.cells[0].textContent), numbers };
};

const draw = (panel) => {
  const place = panel.querySelector("[data-chart-drawing]");
  const { heads, labels, numbers } = read(panel);
  const words = (value) => {
    if (panel.dataset.unit !== "minutes") return value.toLocaleString(document.documentElement.lang);
    return value >= 60 ? panel.dataset.hours.replace("#", Math.round(value / 6) / 10) : panel.dataset.minutes.replace("#", Math.round(value));
  };
  const [ink, line] = [resolved(panel, "ink-faint"), resolved(panel, "line")];
  const axis = { stroke: ink, font: "12px system-ui", grid: { stroke: line, width: 1 }, ticks: { show: false } };
  place.replaceChildren();
  const style = getComputedStyle(place);
  const width = place.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return new window.uPlot({
    width, height: HEIGHT, scales: { x: { time: false, range: (_u, low, high) => [low - 0.2, Math.max(high, low + 1) + 0.2] }, y: { range: (_u, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    cursor: { drag: { x: false, y: false }, y: false },
    legend: { live: false, markers: { width: 2, dash: (_u, n) => heads[n - 1]?.dataset.look.split(" ")[1] ?? "solid" } },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 56, incrs: [1, 2, 3, 5, 7, 10, 14, 30], values: (_u, splits) => splits.map((n) => labels[n] ?? "") },
      { ...axis, size: 56, space: 32, incrs: panel.dataset.unit === "minutes" ? [1, 5, 15, 30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360] : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000], values: (_u, splits) => splits.map(words) },
    ],
    series: [{}, ...heads.map((head) => {
      const [token, drawn] = head.dataset.look.split(" ");
      return { label: head.textContent, stroke: resolved(panel, token), width: 2, dash: DASHES[drawn], spanGaps: true, points: { show: labels.length < 3 } };
    })],
  }, [labels.map((_label, n) => n), ...numbers], place);
};

behave("[data-chart]", (panel) => {
  const place = panel.querySelector("[data-chart-drawing]");
  let chart = draw(panel);
  let width = place.clientWidth;
  const anew = () => {
    chart.destroy();
    chart = draw(panel);
  };
  new ResizeObserver(() => {
    if (place.clientWidth && place.clientWidth !== width) {
      width = place.clientWidth;
      anew();
    }
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
});
