import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import {
  ReadingRecordedDocument, ReadingsDocument, RecordReadingDocument, type ReadingRecordedSubscription,
  type ReadingsQuery, type ReadingsQueryVariables,
} from '../src/generated/documents.js'
import type { KangbanError, Poll } from '../src/index.js'
import { uniSocket, type UniSocketApi } from '../src/uni/index.js'
import { home, phone, pressure, stale, type Home, type Phone } from './town.js'

type Heard = ReadingRecordedSubscription['readingRecorded']
const SOON_MS = 8_000

/** Records until one is heard: the protocol has no word for "I am listening". */
async function heard({ phone: own, residentId }: Home, listener: Phone, more: object = {}): Promise<Heard> {
  const errors: KangbanError[] = []
  let end = (): void => undefined
  const first = new Promise<Heard>((resolve) => {
    end = listener.subscribe(
      ReadingRecordedDocument, { residentId }, ({ readingRecorded }) => resolve(readingRecorded),
      (error) => errors.push(error), more,
    )
  })
  const before = Date.now()
  for (let nth = 0; Date.now() < before + SOON_MS; nth++) {
    await own.mutate(RecordReadingDocument, pressure(residentId, 120 + nth, own.clock.now() - nth * 60_000))
    const found = await Promise.race([first, new Promise<null>((no) => setTimeout(no, 300, null))])
    if (found === null) continue
    end()
    listener.close()
    assert.deepEqual(errors, [])
    return found
  }
  throw new Error(`nothing was heard: ${errors.map(({ code }) => code).join()}`)
}

test('a reading is heard over a WebSocket, also with a token that had expired', async () => {
  const someone = stale()
  assert.equal((await heard(someone, someone.phone)).kind, 'BLOOD_PRESSURE')
  assert.equal(someone.phone.network.count('RefreshSession'), 1)
})

test('a socket that breaks comes back, and says that something may have been missed', async () => {
  const someone = await home()
  const sockets: WebSocket[] = []
  class Seen extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      sockets.push(this)
    }
  }
  const listener = phone(someone.phone.kept, { socket: Seen })
  const opened = new Promise<void>((done) => {
    const end = listener.subscribe(
      ReadingRecordedDocument, { residentId: someone.residentId }, () => undefined, undefined,
      { onReconnect: () => { end(); done() } },
    )
    const look = setInterval(() => {
      if (sockets[0]?.readyState !== WebSocket.OPEN) return
      clearInterval(look)
      setTimeout(() => sockets[0]?.terminate(), 100)
    }, 20)
  })
  await opened
  assert.equal(sockets.length, 2)
  listener.close()
})

test("WeChat's own socket serves as well", async () => {
  const uni: UniSocketApi = {
    connectSocket: ({ url, protocols }) => {
      const socket = new WebSocket(url, protocols)
      return {
        send: ({ data }: { data: string }) => socket.send(data),
        close: ({ code, reason }: { code?: number; reason?: string }) => socket.close(code, reason),
        onOpen: (listener: () => void) => socket.on('open', listener),
        onMessage: (listener: (message: { data: string }) => void) =>
          socket.on('message', (data) => listener({ data: String(data) })),
        onClose: (listener: (event: object) => void) =>
          socket.on('close', (code, reason) => listener({ code, reason: String(reason) })),
        onError: (listener: (error: unknown) => void) => socket.on('error', listener),
      }
    },
  }
  const someone = await home()
  const listener = phone(someone.phone.kept, { socket: uniSocket(uni) })
  assert.equal((await heard(someone, listener)).kind, 'BLOOD_PRESSURE')
})

test('where no socket holds, the same comes by asking again and again', async () => {
  const someone = await home()
  const { residentId } = someone
  class Shut extends WebSocket {
    constructor() {
      super('ws://127.0.0.1:9/graphql', 'graphql-transport-ws')
    }
  }
  const poll: Poll<ReadingRecordedSubscription, ReadingsQuery, ReadingsQueryVariables> = {
    query: ReadingsDocument,
    variables: { residentId },
    every: 100,
    pick: ({ resident }) => (resident?.readings?.edges ?? []).map(({ node }) => ({ readingRecorded: node })),
  }
  const without = phone(someone.phone.kept, { socket: undefined })
  assert.equal((await heard(someone, without, { poll })).kind, 'BLOOD_PRESSURE')
  const shut = phone(someone.phone.kept, { socket: Shut })
  assert.equal((await heard(someone, shut, { poll })).kind, 'BLOOD_PRESSURE')
})
