import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileOfBlob, memoryStorage } from '../src/index.js'
import { base64 } from '../src/files.js'
import { home, phone, picture, refusal, type Network } from './town.js'

const PIECE = 16 * 1024
const patched = (network: Network): number[] =>
  network.log.filter(({ method }) => method === 'PATCH').map(({ headers }) => Number(headers['upload-offset']))

test('killed in mid-upload: the same file goes on where it stopped', async () => {
  const { phone: own, residentId } = await home()
  const file = fileOfBlob(picture(), '化验单 1.png')
  const stop = { aborted: false }
  const progress: number[] = []
  const onProgress = (sent: number): void => {
    progress.push(sent)
    stop.aborted = sent >= 2 * PIECE
  }
  const stopped = await refusal(own.upload(residentId, file, { pieceBytes: PIECE, signal: stop, onProgress }))
  assert.equal(stopped.code, 'UPLOAD_STOPPED')
  assert.deepEqual(patched(own.network), [0, PIECE])

  const again = phone(own.kept)
  assert.deepEqual((await again.uploads.list()).map(({ name, size }) => [name, size]), [[file.name, file.size]])
  let lost = 0
  again.network.mood = ({ method }) => (method === 'PATCH' && ++lost === 1 ? 'answerLost' : 'none')
  assert.equal((await refusal(again.upload(residentId, file, { pieceBytes: PIECE }))).code, 'NETWORK')
  again.network.mood = () => 'none'
  const { report, known } = await again.upload(residentId, file, { pieceBytes: PIECE })
  assert.ok(report.length > 0)
  assert.equal(known, false)
  const offsets = patched(again.network)
  assert.deepEqual(offsets, Array.from(offsets, (_, nth) => (nth + 2) * PIECE))
  assert.ok((offsets.at(-1) ?? 0) + PIECE >= file.size)
  assert.deepEqual(await again.uploads.list(), [])

  const twice = await again.upload(residentId, file)
  assert.deepEqual([twice.report, twice.known], [report, true])
})

test('the answer to the last piece is lost: the report is found, not made twice', async () => {
  const { phone: own, residentId } = await home()
  const file = fileOfBlob(picture(), 'report.png')
  own.network.mood = ({ method, headers }) =>
    method === 'PATCH' && Number(headers['upload-offset']) + PIECE >= file.size ? 'answerLost' : 'none'
  await refusal(own.upload(residentId, file, { pieceBytes: PIECE }))
  own.network.mood = () => 'none'
  const sent = patched(own.network).length
  const { known } = await own.upload(residentId, file)
  assert.equal(known, false)
  assert.equal(patched(own.network).length, sent)
})

test('two phones with one upload both end with the one report', async () => {
  const { phone: own, residentId } = await home()
  const file = fileOfBlob(picture(), 'report.png')
  const stop = { aborted: false }
  const onProgress = (sent: number): void => void (stop.aborted = sent > 0)
  await refusal(own.upload(residentId, file, { pieceBytes: PIECE, signal: stop, onProgress }))
  const copy = phone(new Map(own.kept))
  const results = await Promise.all([own, copy].map((each) => each.upload(residentId, file, { pieceBytes: 4 * PIECE })))
  assert.equal(results[0]?.report, results[1]?.report)
})

test('what is no report is refused with its code and forgotten; an abandoned one is too', async () => {
  const { phone: own, residentId } = await home()
  const words = fileOfBlob(new Blob(['not a picture at all']), 'notes.txt')
  const error = await refusal(own.upload(residentId, words))
  assert.deepEqual([error.kind, error.status], ['refused', 415])
  assert.deepEqual(await own.uploads.list(), [])
  const stop = { aborted: true }
  await refusal(own.upload(residentId, fileOfBlob(picture(), 'a.png'), { signal: stop }))
  const [begun] = await own.uploads.list()
  await own.uploads.abandon(begun?.id ?? '')
  assert.deepEqual(await own.uploads.list(), [])
})

test('names travel as UTF-8', () => {
  for (const name of ['', 'a', 'ab', 'abc', '化验单.jpg', '𠮷é']) {
    assert.equal(base64(name), Buffer.from(name).toString('base64'))
  }
  assert.equal(memoryStorage().get('nothing'), null)
})
