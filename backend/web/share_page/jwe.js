// SMART Health Links and their files, opened with what every browser has.
// The key is used here and goes nowhere.

export class LinkBroken extends Error {}

export function readShlink(text) {
  const found = /shlink:\/([A-Za-z0-9_-]+)$/.exec(text);
  if (!found) throw new LinkBroken();
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(found[1])));
  } catch {
    throw new LinkBroken();
  }
}

export function bytes(base64url) {
  if (!/^[A-Za-z0-9_-]*$/.test(base64url)) throw new LinkBroken();
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

// A compact JWE (RFC 7516): direct key, A256GCM, deflated or not.
export async function decrypt(jwe, key) {
  const [head, wrapped, iv, ciphertext, tag] = jwe.trim().split(".");
  if (tag === undefined || wrapped !== "") throw new LinkBroken();
  const header = JSON.parse(new TextDecoder().decode(bytes(head)));
  if (header.alg !== "dir" || header.enc !== "A256GCM") throw new LinkBroken();
  const sealed = joined(bytes(ciphertext), bytes(tag));
  const raw = await crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv: bytes(iv), additionalData: new TextEncoder().encode(head) };
  let content;
  try {
    content = await crypto.subtle.decrypt(how, raw, sealed);
  } catch {
    throw new LinkBroken();
  }
  return header.zip === "DEF" ? inflated(content) : new TextDecoder().decode(content);
}

function joined(first, second) {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

async function inflated(content) {
  const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}
