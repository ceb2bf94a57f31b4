/** One HTTP exchange. Throws whatever it likes where no answer came. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpAnswer>
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | ArrayBuffer
}

export interface HttpAnswer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

const TIMEOUT_MS = 30_000

/** By `fetch`: browsers, React Native, Node 20. */
export function fetchTransport(
  send: typeof fetch = (input, init) => fetch(input, init),
  timeoutMs = TIMEOUT_MS,
): Transport {
  return {
    async send({ method, url, headers, body }) {
      const stop = new AbortController()
      const timer = setTimeout(() => stop.abort(), timeoutMs)
      try {
        const answer = await send(url, { method, headers, body: body ?? null, signal: stop.signal })
        const kept: Record<string, string> = {}
        answer.headers.forEach((value, name) => (kept[name.toLowerCase()] = value))
        return { status: answer.status, headers: kept, text: await answer.text() }
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
