import { Shelf, type Storage } from './storage.js'

/** The server's time, by the phone's clock and what the server's answers said of it. */
export interface Clock {
  /** Milliseconds since 1970, as the server counts. */
  now(): number
  /** Milliseconds that the phone is ahead (+) or behind (-); null until the server was heard. */
  offset(): number | null
}

/** An answer's Date has whole seconds, and the way takes time: less is no difference. */
const TOLERANCE_MS = 5_000

export class ServerClock implements Clock {
  private ahead: number | null = null
  private readonly shelf: Shelf<number | null>

  constructor(
    storage: Storage,
    readonly phone: () => number,
  ) {
    this.shelf = new Shelf<number | null>(storage, 'kangban.clock', null)
    this.ahead = this.shelf.readNow()
  }

  async load(): Promise<void> {
    this.ahead = await this.shelf.read()
  }

  now(): number {
    return this.phone() - (this.ahead ?? 0)
  }

  offset(): number | null {
    return this.ahead
  }

  /** `date`: the header of an answer that was asked for at `askedAt` by the phone's clock. */
  async heard(date: string | undefined, askedAt: number): Promise<void> {
    const server = Date.parse(date ?? '')
    if (Number.isNaN(server)) return
    const measured = Math.round((askedAt + this.phone()) / 2) - server
    const ahead = Math.abs(measured) <= TOLERANCE_MS ? 0 : measured
    if (this.ahead !== null && Math.abs(ahead - this.ahead) <= TOLERANCE_MS) return
    this.ahead = ahead
    await this.shelf.write(ahead)
  }
}
