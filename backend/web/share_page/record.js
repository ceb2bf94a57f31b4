// A FHIR Bundle as sections that people read.

import { element, list, table } from "./dom.js";
import { observations } from "./observations.js";
import { aside, listed, say } from "./words.js";

const GENERIC = ["Encounter", "Procedure", "Immunization", "FamilyMemberHistory",
  "QuestionnaireResponse", "DocumentReference", "CarePlan", "Goal"];
const RISK = { high: 0, "unable-to-assess": 1, low: 2 };

export function record(bundle) {
  const resources = (bundle.entry ?? []).map((entry) => entry.resource);
  const of = (...kinds) => resources.filter((each) => kinds.includes(each.resourceType));
  const { readings, labs, notes } = observations(of("Observation"));
  const parts = [
    section("problems", problems(of("Condition"))),
    section("allergies", allergies(of("AllergyIntolerance"))),
    section("medications", medications(of("MedicationStatement", "MedicationRequest"))),
    section("readings", readings),
    section("labs", labs),
    section("reports", reports(of("DiagnosticReport"))),
    section("more", generic([...of(...GENERIC), ...notes])),
  ].flat();
  const at = (bundle.timestamp ?? "").slice(0, 10);
  return [
    person(of("Patient")[0]),
    element("p", { class: "note" }, say("asOf", { at })),
    ...(parts.length ? parts : [element("p", {}, say("nothing"))]),
  ];
}

function section(key, content) {
  return content === null ? [] : [element("h2", {}, say(key)), content].flat();
}

function person(patient) {
  const said = [];
  if (patient?.name?.[0]?.text) said.push(patient.name[0].text);
  if (patient?.gender) said.push(say(patient.gender));
  if (patient?.birthDate) said.push(age(patient.birthDate), say("born", { at: patient.birthDate }));
  return said.length ? element("p", { class: "person" }, said.join("　")) : "";
}

function age(born) {
  const today = new Date();
  const past = born.length < 10 || today.toISOString().slice(5, 10) >= born.slice(5);
  return say("years", { n: today.getFullYear() - Number(born.slice(0, 4)) - (past ? 0 : 1) });
}

export function label(concept) {
  const displays = (concept?.coding ?? []).map((coding) => coding.display).filter(Boolean);
  return concept?.text ?? displays[0] ?? concept?.coding?.[0]?.code ?? "";
}

export function day(resource, ...fields) {
  for (const field of fields) {
    const found = resource[field]?.start ?? resource[field];
    if (typeof found === "string") return found.slice(0, 10);
  }
  return "";
}

function status(concept, usual) {
  const code = concept?.coding?.[0]?.code;
  return code && !usual.includes(code) ? say(code) : "";
}

function remarks(...parts) {
  const said = aside(...parts);
  return said && element("span", { class: "when" }, said);
}

function problems(conditions) {
  if (!conditions.length) return null;
  const past = (each) => Boolean(status(each.clinicalStatus, ["active", "recurrence", "relapse"]));
  const ordered = [...conditions.filter((each) => !past(each)), ...conditions.filter(past)];
  return list(ordered.map((each) => [
    label(each.code),
    remarks(
      each.onsetDateTime && say("since", { at: day(each, "onsetDateTime") }),
      status(each.clinicalStatus, ["active"]),
      status(each.verificationStatus, ["confirmed"]),
    ),
  ]).map((each) => element("span", {}, each)));
}

function allergies(found) {
  if (!found.length) return null;
  const ordered = [...found].sort((a, b) => (RISK[a.criticality] ?? 1) - (RISK[b.criticality] ?? 1));
  return list(ordered.map((each) => {
    const shown = (each.reaction ?? []).flatMap((one) => one.manifestation.map(label));
    const risk = each.criticality ? say(each.criticality) : "";
    return element("span", {},
      element("span", { class: each.criticality === "high" ? "alarm" : "" }, label(each.code)),
      remarks(risk, status(each.clinicalStatus, ["active"]), listed([...new Set(shown)])));
  }));
}

function medications(found) {
  if (!found.length) return null;
  const running = (each) => ["active", "intended", "unknown"].includes(each.status);
  const ordered = [...found.filter(running), ...found.filter((each) => !running(each))];
  return table([say("drug"), say("dose"), say("when")], ordered.map((each) => [
    element("td", {}, label(each.medicationCodeableConcept)),
    element("td", {}, (each.dosage ?? each.dosageInstruction ?? []).map(dose).join("；")),
    element("td", { class: "when" }, period(each), running(each) ? "" : ` ${say(each.status)}`),
  ]));
}

function dose(each) {
  const quantity = each.doseAndRate?.[0]?.doseQuantity;
  const amount = quantity ? `${quantity.value} ${quantity.unit ?? quantity.code ?? ""}` : "";
  return [each.text, amount && (each.text ? aside(amount) : amount)].filter(Boolean).join("");
}

function period(each) {
  const span = each.effectivePeriod ?? { start: each.effectiveDateTime ?? each.authoredOn };
  return [
    span.start && say("since", { at: span.start.slice(0, 10) }),
    span.end && say("until", { at: span.end.slice(0, 10) }),
  ].filter(Boolean).join(" ");
}

function reports(found) {
  if (!found.length) return null;
  return list(found.map((each) => element("span", {},
    label(each.code),
    remarks(day(each, "effectiveDateTime", "effectivePeriod", "issued"), each.performer?.[0]?.display),
    each.conclusion ? element("div", {}, each.conclusion) : "")));
}

function generic(found) {
  if (!found.length) return null;
  return list(found.map((each) => element("span", {},
    `${say(each.resourceType)} · ${title(each)}`,
    remarks(day(each, "period", "performedDateTime", "performedPeriod", "occurrenceDateTime",
      "authored", "date", "effectiveDateTime", "effectivePeriod", "startDate")))));
}

function title(each) {
  const relation = each.relationship && `${label(each.relationship)} `;
  const conditions = (each.condition ?? []).map((one) => label(one.code));
  const named = label(each.code) || label(each.vaccineCode) || label(each.reasonCode?.[0])
    || label(each.description) || label(each.type) || each.title || "";
  const value = each.valueCodeableConcept ? ` ${label(each.valueCodeableConcept)}` : "";
  return `${relation ?? ""}${typeof each.description === "string" ? each.description : named}${listed(conditions)}${value}`;
}
