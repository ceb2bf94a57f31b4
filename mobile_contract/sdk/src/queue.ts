import type { Answer, Named } from './calls.js'
import type { Clock } from './clock.js'
import { KangbanError, localError, plainError } from './errors.js'
import { newKey, withKey } from './keys.js'
import { isUnsure, type QueueEntry } from './queue_entry.js'
import { Shelf, type Storage } from './storage.js'

export interface Queue {
  /** What waits and what was refused, oldest first, of the account that is signed in. */
  entries(): Promise<readonly QueueEntry[]>
  /** Send what waits: call it when the network is back and when the app is shown. */
  flush(): Promise<void>
  /** A refused entry once more, under the same key. */
  retry(id: string): Promise<void>
  /** A refused entry with other variables, under a new key. */
  amend(id: string, variables: object): Promise<void>
  drop(id: string): Promise<void>
  /** Called after each change; gives back what ends it. */
  onChange(listener: (entries: readonly QueueEntry[]) => void): () => void
}

export type Outcome =
  | { readonly state: 'done'; readonly answer: Answer<unknown> }
  | { readonly state: 'queued' }
  | { readonly state: 'refused'; readonly error: KangbanError }

type Send = (document: Named, variables: object) => Promise<Answer<unknown>>

const SERVER_TRIES = 5 // an entry that the server stumbles over must not hold up the others
/** Who records waits so long for a server that says nothing; the sending goes on. */
const PATIENCE_MS = 8_000
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 5 * 60_000

export class OfflineQueue implements Queue {
  private readonly shelf: Shelf<readonly QueueEntry[]>
  private readonly listeners = new Set<(entries: readonly QueueEntry[]) => void>()
  private readonly awaited = new Map<string, (outcome: Outcome) => void>()
  private wait = FIRST_WAIT_MS
  private closed = false
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(
    storage: Storage,
    private readonly clock: Clock,
    private readonly send: Send,
    private readonly account: () => Promise<string | null>,
    private readonly locale: () => string,
    private readonly current: readonly Named[],
    private readonly online: () => boolean = () => true,
    private readonly patienceMs: number = PATIENCE_MS,
  ) {
    this.shelf = new Shelf<readonly QueueEntry[]>(storage, 'kangban.queue', [])
  }

  async entries(): Promise<readonly QueueEntry[]> {
    const account = await this.account()
    return (await this.shelf.read()).filter((each) => each.account === account)
  }

  /** Kept first, then sent in its turn. */
  async add(document: Named & { keyed?: boolean }, variables: object): Promise<[string, Outcome]> {
    const account = await this.account()
    if (account === null) {
      throw new KangbanError('TOKEN_MISSING', this.locale().startsWith('en') ? 'Please sign in.' : '请先登录。')
    }
    const id = newKey()
    const keyed = document.keyed === true
    const entry: QueueEntry = {
      id, account, name: document.name, hash: document.hash, keyed,
      variables: keyed ? withKey(variables, id) : variables,
      at: this.clock.now(), offset: this.clock.offset(),
      firstSent: null, tries: 0, state: 'waiting', error: null,
    }
    const outcome = new Promise<Outcome>((tell) => this.awaited.set(id, tell))
    await this.change((entries) => [...entries, entry])
    const queued = (): void => this.tell(id, { state: 'queued' })
    const impatience = setTimeout(queued, this.patienceMs)
    // However the sending ends: the entry is kept, and goes out at the next flush.
    void this.flush().then(queued, queued).then(() => clearTimeout(impatience))
    return [id, await outcome]
  }

  flush(): Promise<void> {
    this.rest()
    return this.shelf.alone(() => this.sendAll(), 'flush')
  }

  async retry(id: string): Promise<void> {
    await this.update(id, () => ({ state: 'waiting', error: null, firstSent: null, tries: 0 }))
    await this.flush()
  }

  async amend(id: string, variables: object): Promise<void> {
    await this.update(id, ({ keyed }) => ({
      state: 'waiting', error: null, firstSent: null, tries: 0,
      variables: keyed ? { ...withKey(withoutKey(variables), newKey()) } : variables,
    }))
    await this.flush()
  }

  async drop(id: string): Promise<void> {
    await this.change((entries) => entries.filter((each) => each.id !== id))
  }

  onChange(listener: (entries: readonly QueueEntry[]) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** No more tries by itself, also after what is under way now. */
  close(): void {
    this.closed = true
    this.rest()
  }

  rest(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      const next = (await this.entries()).find(({ state }) => state === 'waiting')
      if (next === undefined) return
      if (!(await this.sendOne(next))) return
    }
  }

  /** Whether the one behind it may go. */
  private async sendOne(entry: QueueEntry): Promise<boolean> {
    if (isUnsure(entry, this.clock.now())) {
      await this.refuse(entry, localError('ANSWER_UNSURE', this.locale()))
      return true
    }
    if (!this.online()) return this.failed(entry, entry.tries, localError('NETWORK', this.locale()))
    const tries = entry.tries + 1
    await this.update(entry.id, () => ({ tries, firstSent: entry.firstSent ?? this.clock.now() }))
    const known = this.current.find(({ name }) => name === entry.name)
    try {
      const answer = await this.send(known ?? entry, entry.variables)
      await this.drop(entry.id)
      this.tell(entry.id, { state: 'done', answer })
      this.wait = FIRST_WAIT_MS
      return true
    } catch (thrown) {
      const error = thrown instanceof KangbanError ? thrown : localError('NETWORK', this.locale())
      return this.failed(entry, tries, error)
    }
  }

  private async failed(entry: QueueEntry, tries: number, error: KangbanError): Promise<boolean> {
    const { kind } = error
    if (kind === 'refused' || kind === 'outdated' || (kind === 'server' && tries >= SERVER_TRIES)) {
      await this.refuse(entry, error)
      return true
    }
    await this.update(entry.id, () => ({ error: plainError(error) }))
    if (kind !== 'signedOut') this.later(error)
    return false
  }

  private later({ retryAfter }: KangbanError): void {
    this.rest()
    if (this.closed) return
    const wait = retryAfter === null ? this.wait : retryAfter * 1_000
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS)
    this.timer = setTimeout(() => void this.flush(), wait)
  }

  /** Who waits for it hears why and still has the form; otherwise it stays to be looked at. */
  private async refuse(entry: QueueEntry, error: KangbanError): Promise<void> {
    if (this.awaited.has(entry.id) && error.kind === 'refused') {
      await this.drop(entry.id)
      this.tell(entry.id, { state: 'refused', error })
      return
    }
    await this.update(entry.id, () => ({ state: 'refused', error: plainError(error) }))
  }

  private tell(id: string, outcome: Outcome): void {
    this.awaited.get(id)?.(outcome)
    this.awaited.delete(id)
  }

  private update(id: string, changed: (entry: QueueEntry) => Partial<QueueEntry>): Promise<void> {
    return this.change((entries) =>
      entries.map((each) => (each.id === id ? { ...each, ...changed(each) } : each)),
    )
  }

  private async change(work: (entries: readonly QueueEntry[]) => readonly QueueEntry[]): Promise<void> {
    await this.shelf.change(work)
    if (this.listeners.size === 0) return
    const shown = await this.entries()
    for (const listener of this.listeners) listener(shown)
  }
}

function withoutKey(variables: object): object {
  const input = 'input' in variables ? variables.input : null
  if (typeof input !== 'object' || input === null) return variables
  const { idempotencyKey: _, ...rest } = input as Record<string, unknown>
  return { ...variables, input: rest }
}
