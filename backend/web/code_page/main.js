// What stands behind the QR code of an invitation or a doctor's offer. The code is in the
// fragment, which browsers send to nobody: whether it is still good is said in the app only,
// to somebody signed in whose attempts are counted.

import { WORDS } from "./words.js";

const at = (id) => document.getElementById(id);
const kind = location.pathname.replace(/\/+$/, "").slice(1);
const words = WORDS[kind];
let language = 0; // 0 Chinese, 1 English
let told = null;

// As backend/access/circle/codes.py makes them: neither 0 and O nor 1 and I.
function code() {
  const typed = location.hash.slice(1).toUpperCase().replaceAll("-", "");
  return /^[2-9A-HJ-NP-Z]{8}$/.test(typed) ? typed : null;
}

const say = (key) => words[key][language];

function show() {
  document.documentElement.lang = language ? "en" : "zh-CN";
  document.title = say("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  at("language").textContent = say("switch");
  at("language").lang = language ? "zh-CN" : "en";
  at("told").textContent = told ? say(told) : "";
  at("notice").textContent = say("broken");
  at("steps").replaceChildren(...words.steps.map((step) => {
    const item = document.createElement("li");
    item.textContent = step[language];
    return item;
  }));
}

// The client in the browser, where this server has one, says on its first page where it takes
// such codes: <meta name="kangban-invite" content="#/pages/…">.
async function client(given) {
  const answer = await fetch("/", { credentials: "omit" });
  const page = await answer.text();
  const place = new RegExp(`<meta name="kangban-${kind}" content="(#/pages/[a-z/]+)">`).exec(page)?.[1];
  if (!place) return;
  at("client").href = `/${place}?code=${given}`;
  at("client").hidden = false;
}

async function copy(given) {
  told = await navigator.clipboard.writeText(given).then(() => "copied", () => "notCopied");
  show();
}

function start() {
  const given = code();
  at("given").hidden = !given;
  at("notice").hidden = Boolean(given);
  show();
  at("language").addEventListener("click", () => {
    language = 1 - language;
    show();
  });
  // Another code scanned into the same tab is another code.
  window.addEventListener("hashchange", () => location.reload());
  if (!given) return;
  at("code").textContent = `${given.slice(0, 4)}-${given.slice(4)}`;
  at("code").setAttribute("aria-label", [...given].join(" "));
  at("copy").hidden = !navigator.clipboard; // only over https
  at("copy").addEventListener("click", () => copy(at("code").textContent));
  client(given).catch(() => {}); // without it the app remains
}

start();
