import { SERVER_CODES, type KnownCode } from './generated/errors.js'

/** What the SDK itself tells; the rest is the server's catalogue. */
export type LocalCode = 'NETWORK' | 'ANSWER_UNREADABLE' | 'ANSWER_UNSURE' | 'UPLOAD_STOPPED'

/** A code that is newer than this app stays a string. */
export type Code = KnownCode | LocalCode | (string & Record<never, never>)

export type ErrorKind = 'offline' | 'signedOut' | 'outdated' | 'wait' | 'server' | 'refused'

const SIGNED_OUT: readonly string[] = [
  'TOKEN_MISSING', 'TOKEN_EXPIRED', 'TOKEN_INVALID', 'SESSION_ENDED', 'ACCOUNT_SUSPENDED',
  'REFRESH_TOKEN_INVALID', 'REFRESH_TOKEN_REUSED',
]
const OUTDATED: readonly string[] = [
  'DOCUMENT_NOT_TRUSTED', 'GRAPHQL_INVALID', 'GRAPHQL_SYNTAX_INVALID', 'VARIABLES_INVALID',
  'OPERATION_MISSING', 'OPERATION_UNKNOWN',
]

export type ErrorData = Readonly<Record<string, unknown>>

export class KangbanError extends Error {
  override readonly name = 'KangbanError'

  constructor(
    readonly code: Code,
    message: string,
    /** What the catalogue's message fills in; safe to show. */
    readonly data: ErrorData = {},
    /** Where in the answer, for an error of one field. */
    readonly path: readonly (string | number)[] = [],
    readonly status?: number,
  ) {
    super(message)
  }

  get kind(): ErrorKind {
    if (this.code === 'NETWORK') return 'offline'
    if (SIGNED_OUT.includes(this.code)) return 'signedOut'
    if (OUTDATED.includes(this.code)) return 'outdated'
    if (this.retryAfter !== null) return 'wait'
    if (this.code === 'ANSWER_UNREADABLE' || SERVER_CODES.includes(this.code)) return 'server'
    return (this.status ?? 0) >= 500 ? 'server' : 'refused'
  }

  /** Seconds to wait before it can go well, or null where waiting does not help. */
  get retryAfter(): number | null {
    const told = this.data['retry_after'] ?? this.data['retry_after_seconds']
    return typeof told === 'number' ? told : null
  }
}

export interface PlainError {
  readonly code: string
  readonly message: string
  readonly data: ErrorData
}

export function plainError({ code, message, data }: KangbanError): PlainError {
  return { code, message, data }
}

const WORDS: Record<LocalCode, { zh: string; en: string }> = {
  NETWORK: { zh: '网络不可用，请稍后再试。', en: 'The network cannot be reached; try again later.' },
  ANSWER_UNREADABLE: {
    zh: '服务的回答无法读取，请稍后再试。',
    en: "The server's answer cannot be read; try again later.",
  },
  ANSWER_UNSURE: {
    zh: '不确定这条记录是否已保存，请先查看再决定重发或删除。',
    en: 'Whether this was saved is not known; look first, then send it again or drop it.',
  },
  UPLOAD_STOPPED: { zh: '上传已停止，可以继续。', en: 'The upload was stopped; it can go on.' },
}

export function localError(code: LocalCode, locale: string, status?: number): KangbanError {
  const words = WORDS[code]
  return new KangbanError(code, locale.startsWith('en') ? words.en : words.zh, {}, [], status)
}

/** What a gateway says whose server is away: nobody answered. */
const AWAY: readonly number[] = [502, 503, 504]

/** Of an answer that is not the server's. */
export function unreadable(locale: string, status: number): KangbanError {
  return localError(AWAY.includes(status) ? 'NETWORK' : 'ANSWER_UNREADABLE', locale, status)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** From one entry of GraphQL's `errors`; anything unreadable in it becomes INTERNAL. */
export function graphqlError(shown: unknown, status?: number): KangbanError {
  const error = isRecord(shown) ? shown : {}
  const extensions = isRecord(error['extensions']) ? error['extensions'] : {}
  const path = Array.isArray(error['path']) ? (error['path'] as (string | number)[]) : []
  return new KangbanError(
    typeof extensions['code'] === 'string' ? extensions['code'] : 'INTERNAL',
    typeof error['message'] === 'string' ? error['message'] : '',
    isRecord(extensions['data']) ? extensions['data'] : {},
    path,
    status,
  )
}

/** From the body of a refused upload: `{"error": {code, message, data}}`. */
export function plainRefusal(body: unknown, status: number, locale: string): KangbanError {
  const error = isRecord(body) ? body['error'] : null
  if (!isRecord(error) || typeof error['code'] !== 'string') {
    return unreadable(locale, status)
  }
  const message = typeof error['message'] === 'string' ? error['message'] : ''
  return new KangbanError(
    error['code'], message, isRecord(error['data']) ? error['data'] : {}, [], status,
  )
}
