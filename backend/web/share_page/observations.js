// Observations: home readings with their trends, and results of laboratories.

import { element, table } from "./dom.js";
import { day, label } from "./record.js";
import { byDay, trend } from "./trend.js";
import { aside, say, unit as read } from "./words.js";

const KIND = /:kind$/, COMPONENT = /:reading-component$/, MEAL = /:meal$/, ATTRIBUTE = /:attribute$/;
const FEWEST = 3; // points that make a line

export function observations(found) {
  const home = found.filter((each) => coding(each.code, KIND));
  const rest = found.filter((each) => !coding(each.code, KIND));
  const results = rest.filter((each) => each.valueQuantity || each.valueString || each.interpretation);
  return {
    readings: home.length ? readings(home) : null,
    labs: results.length ? labs(results) : null,
    notes: rest.filter((each) => !results.includes(each)),
  };
}

function coding(concept, system) {
  return (concept?.coding ?? []).find((each) => system.test(each.system ?? ""))?.code;
}

function when(each) {
  return each.effectiveDateTime ?? each.effectivePeriod?.start ?? each.issued ?? "";
}

function shownWhen(each) {
  return when(each).slice(0, 16).replace("T", " ");
}

function grouped(found, keyOf) {
  const groups = new Map();
  for (const each of found) {
    const key = keyOf(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  for (const group of groups.values()) {
    group.sort((a, b) => Date.parse(when(b)) - Date.parse(when(a)));
  }
  return groups;
}

function meal(each) {
  return (each.component ?? []).map((part) => coding(part.code, MEAL)).find(Boolean);
}

// [[name, quantity], …]: the value itself, or systolic and diastolic.
function quantities(each) {
  const parts = (each.component ?? [])
    .filter((part) => part.valueQuantity && coding(part.code, COMPONENT))
    .map((part) => [coding(part.code, COMPONENT), part.valueQuantity]);
  return each.valueQuantity ? [["", each.valueQuantity], ...parts] : parts;
}

function main(each) {
  const known = quantities(each);
  const pressure = ["systolic", "diastolic"].map((name) => known.find(([key]) => key === name)?.[1]);
  if (pressure.every(Boolean)) return pressure;
  return known.length ? [known[0][1]] : [];
}

function shown(each) {
  const values = main(each);
  if (!values.length) return each.note?.[0]?.text ?? "";
  return `${values.map(({ value }) => value).join("/")} ${read(values[0].unit)}`;
}

function name(each) {
  const at = meal(each);
  return label(each.code) + (at ? aside(say(at)) : "");
}

function readings(home) {
  const groups = grouped(home, (each) => `${coding(each.code, KIND)} ${meal(each) ?? ""}`);
  const rows = [...groups.values()].map((group) => [
    element("td", {}, name(group[0])),
    element("td", { class: "number" }, shown(group[0])),
    element("td", { class: "when" }, shownWhen(group[0])),
    element("td", { class: "number" }, String(group.length)),
  ]);
  const heads = ["item", "latest", "when", "times"].map((key) => say(key));
  return [table(heads, rows), ...[...groups.values()].map(figure)];
}

function figure(group) {
  const unit = main(group[0])[0]?.unit;
  const points = group
    .map((each) => ({ day: when(each).slice(0, 10), values: main(each) }))
    .filter(({ values }) => values.length && values.every((each) => each.unit === unit))
    .map(({ day: at, values }) => ({ day: at, values: values.map(({ value }) => value) }));
  const days = byDay(points);
  if (days.length < FEWEST) return "";
  const said = say("daily", { from: days[0].day, to: days.at(-1).day, unit: read(unit) });
  return element("div", { class: "figure" },
    element("h3", {}, name(group[0])), trend(days, `${name(group[0])} ${said}`),
    element("p", { class: "note" }, said));
}

function flag(each) {
  const codes = (each.interpretation ?? []).flatMap((one) => (one.coding ?? []).map((c) => c.code));
  return codes.map((code) => say(code)).find((text, index) => text && text !== codes[index]) ?? "";
}

function range(each) {
  const { low, high, text } = each.referenceRange?.[0] ?? {};
  if (low && high) return `${low.value}–${high.value}`;
  if (high) return `< ${high.value}`;
  return low ? `> ${low.value}` : text ?? "";
}

function result(each) {
  const { value, unit } = each.valueQuantity ?? {};
  return value === undefined ? each.valueString ?? label(each.valueCodeableConcept) : `${value} ${read(unit)}`;
}

function labs(results) {
  const groups = grouped(results, (each) => label(each.code));
  const rows = [...groups.values()].map(([latest, previous]) => [
    element("td", {}, label(latest.code)),
    element("td", { class: "number" }, `${result(latest)} `,
      element("span", { class: "alarm" }, flag(latest))),
    element("td", { class: "unit" }, range(latest)),
    element("td", { class: "when" }, day(latest, "effectiveDateTime", "effectivePeriod", "issued")),
    element("td", { class: "when" }, previous
      ? result(previous) + aside(day(previous, "effectiveDateTime", "effectivePeriod", "issued")) : ""),
  ]);
  return table(["item", "result", "range", "when", "before_"].map((key) => say(key)), rows);
}
