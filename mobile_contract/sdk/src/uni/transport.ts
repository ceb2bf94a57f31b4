import type { HttpAnswer, Transport } from '../transport.js'
import type { UniRequestApi } from './api.js'

const TIMEOUT_MS = 30_000

/** By `uni.request` or `wx.request`, which know no PATCH: tus lets POST stand for it. */
export function uniTransport(uni: UniRequestApi, timeoutMs = TIMEOUT_MS): Transport {
  return {
    send: ({ method, url, headers, body }) =>
      new Promise<HttpAnswer>((answered, failed) => {
        const patch = method === 'PATCH'
        uni.request({
          url,
          method: patch ? 'POST' : method,
          header: { ...headers, ...(patch && { 'x-http-method-override': method }) },
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
