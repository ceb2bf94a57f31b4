import type { HttpAnswer, Transport } from '../transport.js'
import type { UniRequestApi } from './api.js'

const TIMEOUT_MS = 30_000

/** By `uni.request` or `wx.request`, which know no PATCH: uploads go in one piece. */
export function uniTransport(uni: UniRequestApi, timeoutMs = TIMEOUT_MS): Transport {
  return {
    patches: false,
    send: ({ method, url, headers, body }) =>
      new Promise<HttpAnswer>((answered, failed) => {
        if (method === 'PATCH') throw new TypeError('uni.request sends no PATCH')
        uni.request({
          url,
          method,
          header: { ...headers },
          ...(body !== undefined && { data: body }),
          timeout: timeoutMs,
          dataType: 'text', // not 'json': the text is read here
          responseType: 'text',
          success: ({ statusCode, header, data }) =>
            answered({ status: statusCode, headers: lowered(header), text: text(data) }),
          fail: ({ errMsg }) => failed(new Error(errMsg ?? 'request failed')),
        })
      }),
  }
}

function text(data: unknown): string {
  // Some platforms parse JSON whatever they were told.
  return typeof data === 'string' ? data : JSON.stringify(data ?? '')
}

function lowered(header: unknown): Record<string, string> {
  const pairs = Object.entries((header ?? {}) as Record<string, unknown>)
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), String(value)]))
}
