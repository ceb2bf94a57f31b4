// Elements from plain values. Text goes in as text, never as markup.

export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

const SVG = "http://www.w3.org/2000/svg";

export function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== ""));
  return node;
}

export function table(heads, rows) {
  const head = element("tr", {}, heads.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((cells) => element("tr", {}, cells));
  return element("div", { class: "wide" },
    element("table", {}, element("thead", {}, head), element("tbody", {}, body)));
}

export function list(items) {
  return element("ul", {}, items.map((item) => element("li", {}, item)));
}
