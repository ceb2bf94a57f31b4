import { createClient, type Client } from 'graphql-ws'
import type { Named } from './calls.js'
import { KangbanError, graphqlError, localError } from './errors.js'
import type { Session } from './session.js'

/** A WebSocket class: the browser's, `ws`, or uniSocket(uni). */
export interface SocketClass {
  new (url: string, protocol: string): object
  readonly CONNECTING: number
  readonly OPEN: number
  readonly CLOSING: number
  readonly CLOSED: number
}

export interface Listener {
  readonly onData: (data: unknown) => void
  readonly onError: (error: KangbanError) => void
  readonly onReconnect: () => void
  /** No socket holds here. */
  readonly onUnreachable: () => void
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const CONNECTS_BEFORE_POLLING = 3

/** Subscriptions over one socket; each renews its token and comes back after a break. */
export class Live {
  private client: Client | null = null
  private opened = false
  private used: string | null = null // the token that the socket was opened with
  private failures = 0
  private readonly listeners = new Set<Listener>()
  private readonly pauses = new Set<() => void>()

  constructor(
    private readonly url: () => string,
    private readonly socket: SocketClass,
    private readonly session: Session,
    private readonly locale: () => string,
  ) {}

  /** Gives back what ends it. */
  subscribe(document: Named, variables: object, listener: Listener): () => void {
    let ended = false
    let stop = (): void => undefined
    const again = (): void => {
      if (!ended) stop = this.begin(document, variables, listener, again)
    }
    this.listeners.add(listener)
    again()
    return () => {
      ended = true
      this.listeners.delete(listener)
      stop()
    }
  }

  close(): void {
    this.listeners.clear()
    // Disposing of a socket that never opened rejects; it is gone all the same.
    Promise.resolve(this.client?.dispose()).catch(() => undefined)
    this.client = null
    for (const wake of [...this.pauses]) wake()
  }

  private pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.pauses.delete(wake)
        done()
      }
      const timer = setTimeout(wake, ms)
      this.pauses.add(wake)
    })
  }

  private begin(
    document: Named, variables: object, listener: Listener, again: () => void,
  ): () => void {
    const failed = (error: KangbanError): void => {
      if (error.code === 'TOKEN_EXPIRED') void this.renew(listener, again)
      else listener.onError(error)
    }
    return this.connected().subscribe(
      {
        operationName: document.name,
        query: '', // the hash names it
        variables: { ...variables },
        extensions: { persistedQuery: { version: 1, sha256Hash: document.hash } },
      },
      {
        next: ({ data, errors }) => {
          for (const error of errors ?? []) failed(graphqlError(error))
          if (data !== null && data !== undefined) listener.onData(data)
        },
        error: (thrown) => {
          if (Array.isArray(thrown)) for (const error of thrown) failed(graphqlError(error))
          else if (this.listeners.has(listener)) listener.onUnreachable() // closed for good
        },
        complete: () => undefined,
      },
    )
  }

  /** The server holds a socket to the token it was opened with: a new token, a new socket. */
  private async renew(listener: Listener, again: () => void): Promise<void> {
    const expired = this.used
    if (expired === null) return
    try {
      await this.session.renewed(expired)
      if (this.used === expired) this.client?.terminate()
      again()
    } catch (error) {
      listener.onError(error instanceof KangbanError ? error : localError('NETWORK', this.locale()))
    }
  }

  private connected(): Client {
    this.client ??= createClient({
      url: this.url(),
      webSocketImpl: this.socket,
      lazy: true,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: (retries) => this.pause(Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS)),
      connectionParams: async () => {
        this.used = (await this.session.current())?.accessToken ?? null
        const authorization = this.used === null ? {} : { authorization: `Bearer ${this.used}` }
        return { ...authorization, acceptLanguage: this.locale() }
      },
      on: {
        connected: (_socket, _payload, wasRetry) => {
          this.opened = true
          if (wasRetry) for (const listener of this.listeners) listener.onReconnect()
        },
        closed: () => this.lost(),
      },
    })
    return this.client
  }

  private lost(): void {
    if (this.opened || ++this.failures < CONNECTS_BEFORE_POLLING) return
    for (const listener of [...this.listeners]) listener.onUnreachable()
  }
}

/** Of `https://host` or, for '', of the page's own address. */
export function socketUrl(endpoint: string): string {
  const base = endpoint === '' ? globalThis.location.origin : endpoint
  return `${base.replace(/^http/, 'ws')}/graphql`
}
