/** A file that can be read in pieces, again after the app's end. */
export interface Source {
  readonly name: string
  /** Bytes. */
  readonly size: number
  read(start: number, end: number): Promise<ArrayBuffer>
}

/** From an `<input type="file">` or the camera. */
export function fileOfBlob(blob: Blob, name: string): Source {
  return {
    name,
    size: blob.size,
    read: (start, end) => blob.slice(start, end).arrayBuffer(),
  }
}

const HEAD_BYTES = 64 * 1024

/** Tells a file again after a restart: its name, size, first and last 64 KB. */
export async function fingerprint(file: Source): Promise<string> {
  const head = await file.read(0, Math.min(HEAD_BYTES, file.size))
  const tail = await file.read(Math.max(0, file.size - HEAD_BYTES), file.size)
  return `${file.size}-${checksum(head)}-${checksum(tail)}-${file.name}`
}

/** FNV-1a, 32 bits. */
function checksum(buffer: ArrayBuffer): string {
  let sum = 0x811c9dc5
  for (const byte of new Uint8Array(buffer)) sum = Math.imul(sum ^ byte, 0x01000193)
  return (sum >>> 0).toString(16)
}

export function utf8(text: string): number[] {
  const bytes: number[] = []
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    if (point < 0x80) bytes.push(point)
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(point))
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), tail(point >> 6), tail(point))
    else bytes.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point))
  }
  return bytes
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f)
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Of the text's UTF-8; mini-programs have no btoa. */
export function base64(text: string): string {
  const bytes = utf8(text)
  let made = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const group = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0]
    const bits = ((group[0] ?? 0) << 16) | ((group[1] ?? 0) << 8) | (group[2] ?? 0)
    const left = bytes.length - at
    for (let digit = 0; digit < 4; digit++) {
      made += digit > left ? '=' : DIGITS.charAt((bits >> (18 - 6 * digit)) & 0x3f)
    }
  }
  return made
}
