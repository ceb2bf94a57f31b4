import { Calls, type Answer, type Named } from './calls.js'
import { ServerClock, type Clock } from './clock.js'
import type { Mutation, Query, Subscription } from './document.js'
import { KangbanError, localError } from './errors.js'
import type { Source } from './files.js'
import { MeDocument, RefreshSessionDocument, SignOutDocument } from './generated/documents.js'
import type { MeQuery, RefreshSessionMutation } from './generated/documents.js'
import { newKey, withKey, type Keyless } from './keys.js'
import { Live, socketUrl, type SocketClass } from './live.js'
import { readDisplay, type PicturedReading } from './pictures.js'
import { polling, type Poll } from './poll.js'
import { OfflineQueue, type Queue } from './queue.js'
import { Session, type NewTokens } from './session.js'
import type { Storage } from './storage.js'
import type { Transport } from './transport.js'
import { Uploads, type PendingUploads, type Uploaded, type UploadOptions } from './uploads.js'

export interface KangbanOptions {
  /** `https://host` without a slash; '' for the page's own address. */
  readonly endpoint: string
  readonly transport: Transport
  /** Left out: subscriptions poll. */
  readonly socket?: SocketClass
  readonly storage: Storage
  /** `zh-CN` or `en`, asked before each request. */
  readonly locale: () => string
  /** The phone's clock, ms since 1970. */
  readonly now?: () => number
  /** The session ended elsewhere or expired. */
  readonly onSignedOut?: (error: KangbanError) => void
  /** Whether there is a network; while not, the queue does not even try. */
  readonly online?: () => boolean
  /** What is kept in the queue is `queued` after so long without an answer. Left out: 8 s. */
  readonly patienceMs?: number
  /**
   * What this version of the app sends from the queue: an entry that an older version kept
   * goes out under today's hash of the operation of that name.
   */
  readonly offline?: readonly Named[]
}

export type Offline<Data> =
  | ({ readonly state: 'done' } & Answer<Data>)
  | { readonly state: 'queued'; readonly id: string }

export interface SubscribeOptions<Item, Data, Variables> {
  /** Used where there is no socket. */
  readonly poll?: Poll<Item, Data, Variables>
  /** After a break: what happened meanwhile was not told, so ask for it. */
  readonly onReconnect?: () => void
}

type SignIn<Data, Input> = Mutation<Data, { readonly input: Input }>
type SessionData = RefreshSessionMutation['refreshSession']['session']

export interface Kangban {
  signIn<Data, Input>(document: SignIn<Data, Input>, input: Input): Promise<{ isNewAccount: boolean }>
  signOut(): Promise<void>
  account(): Promise<string | null>
  query<Data, Variables extends object>(
    document: Query<Data, Variables>, variables: Variables,
  ): Promise<Answer<Data>>
  mutate<Data, Variables extends object>(
    document: Mutation<Data, Variables>, variables: Keyless<Variables>,
  ): Promise<Answer<Data>>
  mutate<Data, Variables extends object>(
    document: Mutation<Data, Variables>, variables: Keyless<Variables>, options: { offline: true },
  ): Promise<Offline<Data>>
  subscribe<Item, Variables extends object, Data = never, Asked extends object = never>(
    document: Subscription<Item, Variables>,
    variables: Variables,
    onData: (data: Item) => void,
    onError?: (error: KangbanError) => void,
    options?: SubscribeOptions<Item, Data, Asked>,
  ): () => void
  upload(residentId: string, file: Source, options?: UploadOptions): Promise<Uploaded>
  /** What the photographed device shows, to be confirmed; `kind` where it is known. */
  readDisplay(residentId: string, photo: Source, kind?: string): Promise<PicturedReading>
  readonly uploads: PendingUploads
  readonly queue: Queue
  readonly clock: Clock
  /** Where the storage answers late: `clock` knows what was known before. */
  ready(): Promise<void>
  /** Ends sockets and timers; the storage stays. */
  close(): void
}

export function createKangban(options: KangbanOptions): Kangban {
  return new App(options)
}

class App implements Kangban {
  readonly queue: OfflineQueue
  readonly uploads: Uploads
  readonly clock: ServerClock
  private readonly calls: Calls
  private readonly session: Session
  private readonly live: Live | null
  private readonly locale: () => string
  private readonly endpoint: string
  private readonly endings = new Set<() => void>()
  private loaded: Promise<void> | null = null

  constructor(options: KangbanOptions) {
    const { endpoint, transport, storage, socket, now = Date.now } = options
    this.locale = options.locale
    this.endpoint = endpoint
    this.clock = new ServerClock(storage, now)
    this.calls = new Calls(endpoint, transport, this.clock, this.locale)
    this.session = new Session(
      storage, (token) => this.renew(token), options.onSignedOut ?? (() => undefined), this.locale,
    )
    const send = (document: Named, variables: object): Promise<Answer<unknown>> =>
      this.ask(document, variables)
    this.queue = new OfflineQueue(
      storage, this.clock, send, () => this.account(), this.locale, options.offline ?? [],
      options.online, options.patienceMs,
    )
    this.uploads = new Uploads(
      storage, endpoint, this.calls, this.session, () => this.clock.now(), this.locale,
    )
    this.live = socket ? new Live(() => socketUrl(endpoint), socket, this.session, this.locale) : null
  }

  async signIn<Data, Input>(document: SignIn<Data, Input>, input: Input): Promise<{ isNewAccount: boolean }> {
    await this.ready()
    const { data } = await this.calls.askAsNobody(document, { input })
    const { session } = Object.values(data as Record<string, { session: SessionData }>)[0] ?? {}
    if (session === undefined) throw localError('ANSWER_UNREADABLE', this.locale())
    const me = await this.calls.askWith(session.accessToken, MeDocument, {})
    const { accessToken, refreshToken, isNewAccount } = session
    await this.session.begin({ account: (me.data as MeQuery).me.id, accessToken, refreshToken })
    void this.queue.flush()
    return { isNewAccount }
  }

  async signOut(): Promise<void> {
    try {
      if ((await this.session.current()) !== null) await this.calls.ask(this.session, SignOutDocument, {})
    } catch (error) {
      // Without a network the server's session ends by its own time; the phone's ends now.
      if (!(error instanceof KangbanError)) throw error
    }
    this.queue.rest()
    this.live?.close()
    await this.session.clear()
  }

  async account(): Promise<string | null> {
    return (await this.session.current())?.account ?? null
  }

  async query<Data, Variables extends object>(
    document: Query<Data, Variables>, variables: Variables,
  ): Promise<Answer<Data>> {
    return (await this.ask(document, variables)) as Answer<Data>
  }

  mutate<Data, Variables extends object>(
    document: Mutation<Data, Variables>, variables: Keyless<Variables>,
  ): Promise<Answer<Data>>
  mutate<Data, Variables extends object>(
    document: Mutation<Data, Variables>, variables: Keyless<Variables>, options: { offline: true },
  ): Promise<Offline<Data>>
  async mutate<Data>(
    document: Named & { keyed?: boolean }, variables: object, options?: { offline: true },
  ): Promise<Answer<Data> | Offline<Data>> {
    await this.ready()
    if (options?.offline !== true) {
      const keyed = document.keyed ? withKey(variables, newKey()) : variables
      return (await this.ask(document, keyed)) as Answer<Data>
    }
    const [id, outcome] = await this.queue.add(document, variables)
    if (outcome.state === 'refused') throw outcome.error
    if (outcome.state === 'queued') return { state: 'queued', id }
    return { state: 'done', ...(outcome.answer as Answer<Data>) }
  }

  subscribe<Item, Variables extends object, Data = never, Asked extends object = never>(
    document: Subscription<Item, Variables>,
    variables: Variables,
    onData: (data: Item) => void,
    onError: (error: KangbanError) => void = () => undefined,
    { poll, onReconnect = () => undefined }: SubscribeOptions<Item, Data, Asked> = {},
  ): () => void {
    let stop = (): void => undefined
    const instead = (): void => {
      stop()
      stop = poll ? this.poll(poll, onData, onError) : () => undefined
      if (!poll) onError(localError('NETWORK', this.locale()))
    }
    if (this.live === null) instead()
    else {
      stop = this.live.subscribe(document, variables, {
        onData: (data) => onData(data as Item), onError, onReconnect, onUnreachable: instead,
      })
    }
    const end = (): void => {
      this.endings.delete(end)
      stop()
    }
    this.endings.add(end)
    return end
  }

  async upload(residentId: string, file: Source, options?: UploadOptions): Promise<Uploaded> {
    await this.ready()
    return this.uploads.upload(residentId, file, options)
  }

  async readDisplay(residentId: string, photo: Source, kind?: string): Promise<PicturedReading> {
    await this.ready()
    const { endpoint, calls, session, locale } = this
    return readDisplay({ endpoint, calls, session, locale }, residentId, photo, kind)
  }

  ready(): Promise<void> {
    this.loaded ??= this.clock.load()
    return this.loaded
  }

  close(): void {
    for (const end of [...this.endings]) end()
    this.queue.close()
    this.live?.close()
  }

  private poll<Item, Data, Asked extends object>(
    { query, variables, every, pick }: Poll<Item, Data, Asked>,
    onData: (data: Item) => void,
    onError: (error: KangbanError) => void,
  ): () => void {
    const look = async (): Promise<readonly Item[]> => pick((await this.query(query, variables)).data)
    return polling(look, every, onData, (error) =>
      onError(error instanceof KangbanError ? error : localError('ANSWER_UNREADABLE', this.locale())),
    )
  }

  private async ask(document: Named, variables: object): Promise<Answer<unknown>> {
    await this.ready()
    return this.calls.ask(this.session, document, variables)
  }

  private async renew(refreshToken: string): Promise<NewTokens> {
    const { data } = await this.calls.askAsNobody(RefreshSessionDocument, { input: { refreshToken } })
    const { session } = (data as RefreshSessionMutation).refreshSession
    return { accessToken: session.accessToken, refreshToken: session.refreshToken }
  }

}
