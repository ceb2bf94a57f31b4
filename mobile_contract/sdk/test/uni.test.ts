import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { MeDocument } from '../src/generated/documents.js'
import { fileOfPath, uniStorage, uniTransport } from '../src/uni/index.js'
import type { UniFileApi, UniRequestApi, UniStorageApi } from '../src/uni/index.js'
import { endpoint, home, phone, picturePath, record, refusal, systolics } from './town.js'

const ASYNC_FAIL = { errMsg: 'request:fail timeout' }

/** `wx.request` as documented: callbacks, headers in the server's spelling, no PATCH. */
function wx(kept: Map<string, string>, sent: string[] = []): UniRequestApi & UniStorageApi & UniFileApi {
  return {
    request({ url, method = 'GET', header = {}, data, success, fail }) {
      assert.ok(['GET', 'HEAD', 'POST', 'DELETE'].includes(method))
      if (header['x-http-method-override'] !== undefined) sent.push(url)
      if (!url.startsWith(endpoint)) return void fail?.(ASYNC_FAIL)
      void fetch(url, { method, headers: header, body: data ?? null }).then(
        async (answer) => {
          const shown: Record<string, string> = {}
          answer.headers.forEach((value, name) => (shown[name.toUpperCase()] = value))
          success?.({ statusCode: answer.status, header: shown, data: await answer.text() })
        },
        () => fail?.(ASYNC_FAIL),
      )
    },
    getStorageSync: (key) => kept.get(key) ?? '', // WeChat's word for nothing
    setStorageSync: (key, data) => void kept.set(key, data),
    removeStorageSync: (key) => void kept.delete(key),
    getFileSystemManager: () => ({
      getFileInfo: ({ filePath, success }) => success?.({ size: statSync(filePath).size }),
      readFile: ({ filePath, position = 0, length = 0, success, fail }) => {
        try {
          const bytes = new Uint8Array(readFileSync(filePath)).slice(position, position + length)
          success?.({ data: bytes.buffer })
        } catch {
          fail?.({ errMsg: 'readFile:fail no such file' })
        }
      },
    }),
  }
}

test('a mini-program signs in, records, uploads, and is still signed in the next day', async () => {
  const kept = new Map<string, string>()
  const pieces: string[] = []
  const uni = wx(kept, pieces)
  const options = { transport: uniTransport(uni), storage: uniStorage(uni) }
  const { phone: mini, residentId } = await home(options)
  assert.equal((await record(mini, residentId, 128)).state, 'done')
  const file = await fileOfPath(uni, picturePath, '化验单.png')
  const uploaded = await mini.upload(residentId, file)
  assert.deepEqual([uploaded.known, uploaded.report.length > 0], [false, true])
  assert.equal(pieces.length > 0, true)
  const nextDay = phone(undefined, options)
  assert.equal((await nextDay.query(MeDocument, {})).data.me.id, await mini.account())
  assert.deepEqual(await systolics(nextDay, residentId), [128])
  assert.equal(nextDay.clock.offset(), 0)
})

test("a mini-program's failed request is a missing network; a lost file is told", async () => {
  const uni = wx(new Map())
  const mini = phone(undefined, { endpoint: 'http://elsewhere', transport: uniTransport(uni) })
  assert.equal((await refusal(mini.query(MeDocument, {}))).kind, 'offline')
  const files = uni.getFileSystemManager()
  const cleared: UniFileApi = {
    getFileSystemManager: () => ({ ...files, getFileInfo: ({ success }) => success?.({ size: 1 }) }),
  }
  const gone = await fileOfPath(cleared, '/cleared/by/the/system.png', 'gone.png')
  await assert.rejects(gone.read(0, 1), /no such file/)
})
