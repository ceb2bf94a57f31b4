import type { Calls } from './calls.js'
import { localError } from './errors.js'
import type { Source } from './files.js'
import type { Session } from './session.js'

/** A number on the display; `box` in shares (0 to 1) of the photo as displayed. */
export interface ShownValue {
  readonly component: string
  readonly text: string
  readonly value: number
  /** UCUM. */
  readonly unit: string
  /** 0 to 1. */
  readonly confidence: number
  readonly box: {
    readonly left: number
    readonly top: number
    readonly right: number
    readonly bottom: number
  }
}

/** What a device shows, to be confirmed by a person and then recorded; nothing of it is kept. */
export interface PicturedReading {
  /** As GraphQL names it: `BLOOD_PRESSURE` … */
  readonly kind: string
  readonly values: readonly ShownValue[]
}

export interface PictureWay {
  readonly endpoint: string
  readonly calls: Calls
  readonly session: Session
  readonly locale: () => string
}

/** Throws why nothing is proposed: `DISPLAY_…`, `PICTURE_…` or what is wrong with the file. */
export async function readDisplay(
  { endpoint, calls, session, locale }: PictureWay, residentId: string, photo: Source, kind?: string,
): Promise<PicturedReading> {
  const query = kind === undefined ? '' : `?kind=${encodeURIComponent(kind)}`
  const answer = await calls.http(session, {
    method: 'POST',
    url: `${endpoint}/pictures/${encodeURIComponent(residentId)}/reading${query}`,
    headers: { 'content-type': 'application/octet-stream' },
    body: await photo.read(0, photo.size),
  })
  try {
    return JSON.parse(answer.text) as PicturedReading
  } catch {
    throw localError('ANSWER_UNREADABLE', locale(), answer.status)
  }
}
