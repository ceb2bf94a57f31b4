// Opens a link: asks who opens it, gets the encrypted record, decrypts and shows it.

import { LinkBroken, decrypt, readShlink } from "./jwe.js";
import { record } from "./record.js";
import { inEnglish, say, setEnglish } from "./words.js";

const at = (id) => document.getElementById(id);
let told = null; // the notice's key and values, for when the language changes
let opened = null; // the record as JSON text

class Refused extends Error {
  constructor(key, values = {}) {
    super(key);
    this.values = values;
  }
}

// /s#shlink:/… as the specification has it, or /s/{token}#{key} for short.
function link() {
  const fragment = decodeURIComponent(location.hash.slice(1));
  const token = /^\/s\/([A-Za-z0-9_-]{43})$/.exec(location.pathname)?.[1];
  if (!token) return readShlink(fragment);
  if (!/^[A-Za-z0-9_-]{43}$/.test(fragment)) throw new LinkBroken();
  return { url: `${location.origin}/share/${token}/manifest`, key: fragment };
}

async function manifest({ url }, passcode) {
  const asked = { recipient: at("recipient").value.trim(), ...(passcode ? { passcode } : {}) };
  const answer = await fetch(url, {
    method: "POST", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store",
    headers: { "content-type": "application/json" }, body: JSON.stringify(asked),
  });
  if (answer.status === 401) {
    at("pin-row").hidden = false;
    const left = (await answer.json()).remainingAttempts;
    throw passcode ? new Refused("pinWrong", { left }) : new Refused("pinNeeded");
  }
  if (!answer.ok) throw new Refused("gone");
  return answer.json();
}

async function content(file) {
  if (file.embedded) return file.embedded;
  const answer = await fetch(file.location, { credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Refused("gone");
  return answer.text();
}

async function open(shared) {
  const { files } = await manifest(shared, at("pin").value);
  const file = files.find(({ contentType }) => contentType === "application/fhir+json");
  if (!file) throw new LinkBroken();
  opened = await decrypt(await content(file), shared.key);
  at("ask").hidden = true;
  tell(null);
  for (const id of ["record", "print", "download"]) at(id).hidden = false;
  show();
}

function show() {
  if (opened !== null) at("record").replaceChildren(...record(JSON.parse(opened)).filter(Boolean));
}

function tell(key, values = {}) {
  told = key && { key, values };
  at("notice").hidden = !key;
  at("notice").textContent = key ? say(key, values) : "";
}

function explain(error) {
  if (error instanceof Refused) tell(error.message, error.values);
  else tell(error instanceof LinkBroken || error instanceof SyntaxError ? "broken" : "network");
  if (error instanceof Refused && error.message.startsWith("pin")) at("pin").focus();
}

function download() {
  const address = URL.createObjectURL(new Blob([opened], { type: "application/fhir+json" }));
  const anchor = Object.assign(document.createElement("a"), { href: address, download: "kangban-fhir.json" });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

function start() {
  setEnglish(false);
  at("language").addEventListener("click", () => {
    setEnglish(!inEnglish());
    if (told) tell(told.key, told.values);
    show();
  });
  at("print").addEventListener("click", () => window.print());
  at("download").addEventListener("click", download);
  // Another link pasted into the same tab is another link.
  window.addEventListener("hashchange", () => location.reload());
  if (!globalThis.crypto?.subtle) return tell("insecure");
  let shared;
  try {
    shared = link();
  } catch (error) {
    return explain(error);
  }
  if (new URL(shared.url, location.href).origin !== location.origin) return tell("elsewhere");
  at("pin-row").hidden = !(shared.flag ?? "").includes("P");
  at("ask").hidden = false;
  at("recipient").focus();
  at("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = at("ask").querySelector("button");
    button.disabled = true;
    tell("opening");
    await open(shared).catch(explain);
    button.disabled = false;
  });
}

start();
