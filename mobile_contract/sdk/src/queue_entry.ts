import type { PlainError } from './errors.js'

/** A mutation that was kept before it was sent. */
export interface QueueEntry {
  readonly id: string
  /** Whose session it was made in; only that account's session sends it. */
  readonly account: string
  readonly name: string
  readonly hash: string
  readonly keyed: boolean
  readonly variables: object
  /** When it was made, by the server's time as far as it was known (`Clock.now`). */
  readonly at: number
  /** How far the phone's clock was known to be off then; null: not known. */
  readonly offset: number | null
  /** When it was first sent; from then on it may have reached the server. */
  readonly firstSent: number | null
  readonly tries: number
  readonly state: 'waiting' | 'refused'
  /** Why it was refused, or why it still waits. */
  readonly error: PlainError | null
}

/** The server keeps an idempotency key for 24 h at least: later it may not know it any more. */
const KEY_KEPT_MS = 24 * 3_600_000

/** Sent, never answered, and so long ago that sending it again might do it twice. */
export function isUnsure(entry: QueueEntry, now: number): boolean {
  if (entry.firstSent === null) return false
  const age = now - entry.firstSent
  return age > KEY_KEPT_MS || age < -KEY_KEPT_MS
}
