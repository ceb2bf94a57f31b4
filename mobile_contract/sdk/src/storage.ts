type Maybe<T> = T | Promise<T>

/** Where session, queue and begun uploads survive the app's end. Text by name. */
export interface Storage {
  get(name: string): Maybe<string | null>
  set(name: string, text: string): Maybe<void>
  remove(name: string): Maybe<void>
  /** Runs `work` alone among all who share this storage (two tabs); in turn where left out. */
  alone?<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** For tests, and for who must leave no trace. */
export function memoryStorage(kept: Map<string, string> = new Map()): Storage {
  return {
    get: (name) => kept.get(name) ?? null,
    set: (name, text) => void kept.set(name, text),
    remove: (name) => void kept.delete(name),
  }
}

interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** `localStorage`; tabs take turns by the Web Locks API where the browser has it. */
export function webStorage(
  storage: Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>,
  locks: Locks | undefined = (globalThis.navigator as { locks?: Locks } | undefined)?.locks,
): Storage {
  return {
    get: (name) => storage.getItem(name),
    set: (name, text) => storage.setItem(name, text),
    remove: (name) => storage.removeItem(name),
    ...(locks && { alone: (name: string, work) => locks.request(name, work) }),
  }
}

/** One JSON value in the storage; changes take turns. */
export class Shelf<T> {
  private readonly turns = new Map<string, Promise<unknown>>()

  constructor(
    private readonly storage: Storage,
    private readonly name: string,
    private readonly empty: T,
  ) {}

  async read(): Promise<T> {
    return this.understood(await this.storage.get(this.name))
  }

  /** At once where the storage can, else `empty`. */
  readNow(): T {
    const text = this.storage.get(this.name)
    return text instanceof Promise ? this.empty : this.understood(text)
  }

  async write(value: T): Promise<void> {
    await this.storage.set(this.name, JSON.stringify(value))
  }

  async change(work: (value: T) => T): Promise<T> {
    return this.alone(async () => {
      const changed = work(await this.read())
      await this.write(changed)
      return changed
    })
  }

  clear(): Promise<void> {
    return this.alone(async () => this.storage.remove(this.name))
  }

  /** One at a time, in this app and, where the storage can, in all that share it. */
  alone<T>(work: () => Promise<T>, purpose = 'change'): Promise<T> {
    const { storage } = this
    const name = `${this.name}:${purpose}`
    const run = (): Promise<T> => (storage.alone ? storage.alone(name, work) : work())
    const done = (this.turns.get(purpose) ?? Promise.resolve()).then(run)
    this.turns.set(purpose, done.catch(() => undefined))
    return done
  }

  private understood(text: string | null): T {
    if (text === null || text === '') return this.empty
    try {
      return JSON.parse(text) as T
    } catch {
      return this.empty // cut off in the middle of writing
    }
  }
}
