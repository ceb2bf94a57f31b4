import type { ServerClock } from './clock.js'
import type { Kind, TypedDocument } from './document.js'
import { KangbanError, graphqlError, localError, plainRefusal, unreadable } from './errors.js'
import type { Session } from './session.js'
import type { HttpAnswer, HttpRequest, Transport } from './transport.js'

export interface Answer<Data> {
  readonly data: Data
  /** Of single fields, whose places are null in `data`. */
  readonly errors: readonly KangbanError[]
}

/** What names an operation to the server. */
export type Named = Pick<TypedDocument<Kind, unknown, unknown>, 'name' | 'hash'>

interface Heard {
  readonly data: unknown
  readonly errors: readonly KangbanError[]
}

/** GraphQL and plain HTTP as the account that is signed in. */
export class Calls {
  constructor(
    private readonly endpoint: string,
    private readonly transport: Transport,
    private readonly clock: ServerClock,
    private readonly locale: () => string,
  ) {}

  /** Throws a `KangbanError` where there is no data. */
  async ask(session: Session, document: Named, variables: object): Promise<Answer<unknown>> {
    const token = (await session.current())?.accessToken ?? null
    let heard = await this.post(document, variables, token)
    if (token !== null && heard.errors.some(({ code }) => code === 'TOKEN_EXPIRED')) {
      heard = await this.post(document, variables, await session.renewed(token))
    }
    const ended = heard.errors.find(({ kind }) => kind === 'signedOut')
    if (ended !== undefined) await this.lost(session, token, ended)
    return answered(heard, this.locale())
  }

  /** Without a session: signing in, renewing. */
  async askAsNobody(document: Named, variables: object): Promise<Answer<unknown>> {
    return answered(await this.post(document, variables, null), this.locale())
  }

  async askWith(token: string, document: Named, variables: object): Promise<Answer<unknown>> {
    return answered(await this.post(document, variables, token), this.locale())
  }

  /** A path of the server outside GraphQL. Throws what refuses it. */
  async http(session: Session, request: HttpRequest): Promise<HttpAnswer> {
    const token = (await session.current())?.accessToken ?? null
    let answer = await this.send(request, token)
    if (answer.status === 401 && token !== null) {
      const refusal = this.refusal(answer)
      // HEAD has no body to tell why; one renewal answers it.
      if (refusal.code === 'TOKEN_EXPIRED' || refusal.code === 'ANSWER_UNREADABLE') {
        answer = await this.send(request, await session.renewed(token))
      }
    }
    if (answer.status < 400) return answer
    const refusal = this.refusal(answer)
    if (refusal.kind === 'signedOut') await this.lost(session, token, refusal)
    throw refusal
  }

  /** `token` is what the call was made with. */
  private async lost(session: Session, token: string | null, ended: KangbanError): Promise<void> {
    const now = (await session.current())?.accessToken ?? null
    // Who signed out while the call was under way knows it.
    if (now !== null || token === null) await session.lost(now, ended)
  }

  private refusal(answer: HttpAnswer): KangbanError {
    return plainRefusal(read(answer.text), answer.status, this.locale())
  }

  private async post(document: Named, variables: object, token: string | null): Promise<Heard> {
    const body = JSON.stringify({
      operationName: document.name,
      variables,
      extensions: { persistedQuery: { version: 1, sha256Hash: document.hash } },
    })
    const askedAt = this.clock.phone()
    const answer = await this.send(
      {
        method: 'POST',
        url: `${this.endpoint}/graphql`,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body,
      },
      token,
    )
    const heard = understood(read(answer.text), answer.status)
    if (heard === null) throw unreadable(this.locale(), answer.status)
    await this.clock.heard(answer.headers['date'], askedAt)
    return heard
  }

  private async send(request: HttpRequest, token: string | null): Promise<HttpAnswer> {
    const headers: Record<string, string> = { 'accept-language': this.locale(), ...request.headers }
    if (token !== null) headers['authorization'] = `Bearer ${token}`
    try {
      return await this.transport.send({ ...request, headers })
    } catch {
      throw localError('NETWORK', this.locale())
    }
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function understood(body: unknown, status: number): Heard | null {
  if (typeof body !== 'object' || body === null) return null
  const { data = null, errors = [], error } = body as Partial<Record<string, unknown>>
  if (error !== undefined) return { data: null, errors: [plainRefusal(body, status, 'zh-CN')] }
  if (!Array.isArray(errors) || (data === null && errors.length === 0)) return null
  return { data, errors: errors.map((each) => graphqlError(each, status)) }
}

function answered({ data, errors }: Heard, locale: string): Answer<unknown> {
  if (data === null) throw errors[0] ?? localError('ANSWER_UNREADABLE', locale)
  return { data, errors }
}
