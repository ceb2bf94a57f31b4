// A simple line over time for each component, as SVG that prints.

import { drawn } from "./dom.js";

const WIDTH = 720, HEIGHT = 180, LEFT = 52, RIGHT = 58, TOP = 12, BOTTOM = 26;
const CLASSES = ["first", "second"];

// Days in order, each with one mean a component: [{day, values: [number, …]}, …]
export function byDay(points) {
  const days = new Map();
  for (const { day, values } of points) {
    const sums = days.get(day) ?? values.map(() => ({ sum: 0, count: 0 }));
    values.forEach((value, index) => { sums[index].sum += value; sums[index].count += 1; });
    days.set(day, sums);
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, sums]) => ({ day, values: sums.map(({ sum, count }) => sum / count) }));
}

export function trend(days, label) {
  const all = days.flatMap(({ values }) => values);
  const low = Math.min(...all), high = Math.max(...all);
  const pad = (high - low || Math.abs(high) || 1) * 0.1;
  const first = Date.parse(days[0].day), last = Date.parse(days.at(-1).day);
  const x = (day) => LEFT + (WIDTH - LEFT - RIGHT) * ((Date.parse(day) - first) / (last - first || 1));
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low + pad) / (high - low + 2 * pad));
  const lines = days[0].values.map((_, index) => line(days, index, x, y));
  return drawn("svg", { class: "trend", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
    grid(low, y), grid(high, y), dates(days, x), lines);
}

function grid(value, y) {
  return [
    drawn("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
    drawn("text", { x: LEFT - 8, y: y(value) + 5, "text-anchor": "end" }, short(value)),
  ];
}

function dates(days, x) {
  const at = (day, anchor) =>
    drawn("text", { x: x(day), y: HEIGHT - 6, "text-anchor": anchor }, day);
  return days[0].day === days.at(-1).day
    ? [at(days[0].day, "start")] : [at(days[0].day, "start"), at(days.at(-1).day, "end")];
}

function line(days, index, x, y) {
  const points = days.map(({ day, values }) => `${x(day).toFixed(1)},${y(values[index]).toFixed(1)}`);
  const { day, values } = days.at(-1);
  const kind = CLASSES[Math.min(index, 1)];
  return [
    drawn("polyline", { class: kind, points: points.join(" ") }),
    drawn("circle", { class: kind, cx: x(day), cy: y(values[index]), r: 4 }),
    drawn("text", { x: x(day) + 8, y: y(values[index]) + 5 }, short(values[index])),
  ];
}

export function short(value) {
  return String(Math.round(value * 10) / 10);
}
