import type { SocketClass } from '../live.js'
import type { UniSocketApi, UniSocketTask } from './api.js'

const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3
const ABNORMAL = 1006

/** WeChat's own socket as a WebSocket class, as far as graphql-ws uses one. */
export function uniSocket(uni: UniSocketApi): SocketClass {
  return class UniSocket {
    static readonly CONNECTING = CONNECTING
    static readonly OPEN = OPEN
    static readonly CLOSING = CLOSING
    static readonly CLOSED = CLOSED

    readyState = CONNECTING
    onopen: (() => void) | null = null
    onmessage: ((message: { data: string | ArrayBuffer }) => void) | null = null
    onclose: ((event: { code: number; reason: string }) => void) | null = null
    onerror: ((error: unknown) => void) | null = null
    private readonly task: UniSocketTask

    constructor(url: string, protocol: string) {
      // With a callback the task is given back, without one a promise.
      this.task = uni.connectSocket({
        url,
        protocols: [protocol],
        complete: () => undefined,
        fail: (error) => this.failed(error),
      }) as UniSocketTask
      this.task.onOpen(() => {
        this.readyState = OPEN
        this.onopen?.()
      })
      this.task.onMessage((message) => this.onmessage?.(message))
      this.task.onError((error) => this.failed(error))
      this.task.onClose(({ code, reason }) => this.closed(code ?? ABNORMAL, reason ?? ''))
    }

    send(data: string): void {
      this.task.send({ data, fail: (error) => this.failed(error) })
    }

    close(code = 1000, reason = ''): void {
      if (this.readyState >= CLOSING) return
      this.readyState = CLOSING
      this.task.close({ code, reason })
    }

    private failed(error: unknown): void {
      if (this.readyState === CLOSED) return
      this.onerror?.(error)
      this.closed(ABNORMAL, 'connection failed')
    }

    private closed(code: number, reason: string): void {
      if (this.readyState === CLOSED) return
      this.readyState = CLOSED
      this.onclose?.({ code, reason })
    }
  }
}
