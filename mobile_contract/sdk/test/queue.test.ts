import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecordReadingDocument } from '../src/generated/documents.js'
import type { QueueEntry } from '../src/index.js'
import { home, phone, pressure, record, refusal, stale, systolics, type Phone } from './town.js'

const DAY = 24 * 3_600_000
const isRecord = ({ body }: { body?: unknown }): boolean => String(body).includes('"RecordReading"')
const minutesAgo = (own: Phone, minutes: number): number => own.clock.now() - minutes * 60_000

/** The app is killed: another one starts with what is in the storage. */
function restarted(own: Phone): Phone {
  own.close()
  return phone(own.kept)
}

test('flight mode in mid-mutation, killed, started again: everything once, in order', async () => {
  const { phone: own, residentId } = await home()
  let sent = 0
  own.network.mood = (request) =>
    !isRecord(request) ? 'none' : ++sent === 1 ? 'answerLost' : 'flight'
  for (const [nth, systolic] of [121, 122, 123].entries()) {
    const kept = await record(own, residentId, systolic, minutesAgo(own, 30 - nth))
    assert.equal(kept.state, 'queued')
  }
  const waiting = await own.queue.entries()
  assert.deepEqual(waiting.map(({ state, error }) => [state, error?.code ?? null]), [
    ['waiting', 'NETWORK'], ['waiting', null], ['waiting', null],
  ])
  const again = restarted(own)
  const seen: number[] = []
  again.queue.onChange((entries) => seen.push(entries.length))
  await again.queue.flush()
  assert.deepEqual(await systolics(again, residentId), [121, 122, 123])
  assert.deepEqual(await again.queue.entries(), [])
  assert.deepEqual([...new Set(seen)], [3, 2, 1, 0])
  const keys = own.network.log.concat(again.network.log).filter(isRecord)
    .map(({ body }) => (JSON.parse(String(body)) as { variables: { input: { idempotencyKey: string } } }).variables.input.idempotencyKey)
  assert.equal(keys.length, 4)
  assert.equal(new Set(keys).size, 3)
})

test('two phones with one queue record each reading once', async () => {
  const { phone: own, residentId } = await home()
  own.network.mood = () => 'flight'
  for (const systolic of [131, 132, 133]) {
    await record(own, residentId, systolic, minutesAgo(own, systolic))
  }
  const copy = phone(new Map(own.kept))
  own.network.mood = () => 'none'
  await Promise.all([own.queue.flush(), copy.queue.flush()])
  await Promise.all([own.queue.flush(), copy.queue.flush()])
  assert.deepEqual((await systolics(own, residentId)).sort(), [131, 132, 133])
  assert.deepEqual([await own.queue.entries(), await copy.queue.entries()], [[], []])
})

test('two tabs with one queue send each entry once', async () => {
  const { phone: own, residentId } = await home()
  const locks = new Map<string, Promise<unknown>>()
  const alone = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const done = (locks.get(name) ?? Promise.resolve()).then(work)
    locks.set(name, done.catch(() => undefined))
    return done
  }
  const storage = {
    get: (name: string) => own.kept.get(name) ?? null,
    set: (name: string, text: string) => void own.kept.set(name, text),
    remove: (name: string) => void own.kept.delete(name),
    alone,
  }
  const tabs = [phone(undefined, { storage }), phone(undefined, { storage })] as const
  await Promise.all(tabs.map((tab, nth) => record(tab, residentId, 141 + nth, minutesAgo(tab, nth + 1))))
  assert.deepEqual((await systolics(own, residentId)).sort(), [141, 142])
  assert.equal(tabs[0].network.count('RecordReading') + tabs[1].network.count('RecordReading'), 2)
})

test('what is refused tells who waits for it, or stays with its reason; the next one goes', async () => {
  const { phone: own, residentId } = await home()
  const now = await refusal(record(own, residentId, 4_000))
  assert.equal(now.kind, 'refused')
  assert.deepEqual(await own.queue.entries(), [])
  own.network.mood = () => 'flight'
  await record(own, residentId, 4_000)
  await record(own, residentId, 144, minutesAgo(own, 3))
  const again = restarted(own)
  await again.queue.flush()
  const [left, ...others] = await again.queue.entries()
  assert.deepEqual([left?.state, left?.error?.code, others], ['refused', now.code, []])
  assert.deepEqual(await systolics(again, residentId), [144])
  await again.queue.amend(left?.id ?? '', pressure(residentId, 140, minutesAgo(again, 2)))
  assert.deepEqual(await systolics(again, residentId), [144, 140])
  assert.deepEqual(await again.queue.entries(), [])
})

test('a phone whose clock is a day ahead learns it and records at the right time', async () => {
  const now = (): number => Date.now() + DAY
  const { phone: own, residentId } = await home({ now })
  assert.ok(Math.abs((own.clock.offset() ?? 0) - DAY) < 10_000)
  assert.ok(Math.abs(own.clock.now() - Date.now()) < 10_000)
  assert.equal((await record(own, residentId, 151)).state, 'done')
  const restartedPhone = phone(own.kept, { now })
  assert.equal((await record(restartedPhone, residentId, 152)).state, 'done')
  own.network.mood = () => 'flight'
  await record(own, residentId, 153, now())
  own.network.mood = () => 'none'
  await own.queue.flush()
  const [left] = await own.queue.entries()
  assert.deepEqual([left?.state, left?.error?.code], ['refused', 'TIME_IN_FUTURE'])
  await own.queue.amend(left?.id ?? '', pressure(residentId, 153, own.clock.now()))
  assert.deepEqual(await systolics(own, residentId), [151, 152, 153])
})

test('what may have arrived more than a day ago is asked about before it is sent again', async () => {
  let ahead = 0
  const { phone: own, residentId } = await home({ now: () => Date.now() + ahead, online: () => true })
  own.network.mood = (request) => (isRecord(request) ? 'answerLost' : 'none')
  await record(own, residentId, 161)
  own.close()
  ahead = 2 * DAY
  own.network.mood = () => 'none'
  await own.queue.flush()
  const [left] = await own.queue.entries()
  assert.deepEqual([left?.state, left?.error?.code], ['refused', 'ANSWER_UNSURE'])
  assert.equal(own.network.count('RecordReading'), 1)
  await own.queue.drop(left?.id ?? '')
  assert.deepEqual(await own.queue.entries(), [])
})

test('while there is no network the queue does not try, so nothing becomes unsure', async () => {
  let online = false
  let ahead = 0
  const { phone: own, residentId } = await home({ now: () => Date.now() + ahead, online: () => online })
  const at = own.clock.now()
  assert.equal((await record(own, residentId, 165, at)).state, 'queued')
  assert.deepEqual((await own.queue.entries()).map(({ firstSent, tries }) => [firstSent, tries]), [[null, 0]])
  ahead = 2 * DAY
  online = true
  await own.queue.flush()
  assert.deepEqual(await systolics(own, residentId), [165])
})

test("an older version's entry goes out under today's hash, or waits for the update", async () => {
  const { phone: own, residentId } = await home()
  own.network.mood = () => 'flight'
  await record(own, residentId, 171)
  const entries = JSON.parse(own.kept.get('kangban.queue') ?? '[]') as QueueEntry[]
  own.kept.set('kangban.queue', JSON.stringify(entries.map((each) => ({ ...each, hash: '0'.repeat(64) }))))
  const same = restarted(own)
  await same.queue.flush()
  const [left] = await same.queue.entries()
  assert.deepEqual([left?.state, left?.error?.code], ['refused', 'DOCUMENT_NOT_TRUSTED'])
  const updated = phone(same.kept, { offline: [RecordReadingDocument] })
  await updated.queue.retry(left?.id ?? '')
  assert.deepEqual(await systolics(updated, residentId), [171])
})

test("an account's entries are not sent in another's session", async () => {
  const kept = new Map<string, string>()
  const { phone: own, residentId } = await home({}, kept)
  own.network.mood = (request) => (isRecord(request) ? 'flight' : 'none')
  await record(own, residentId, 181)
  await own.signOut()
  const { phone: guest } = await home({}, kept)
  await guest.queue.flush()
  assert.deepEqual(await guest.queue.entries(), [])
  assert.equal(guest.network.count('RecordReading'), 0)
  assert.equal((JSON.parse(kept.get('kangban.queue') ?? '[]') as QueueEntry[]).length, 1)
})

test('an expired token is renewed before an entry goes out; a stumbling server is left after five tries', async () => {
  const { phone: own, residentId } = stale()
  assert.equal((await record(own, residentId, 191)).state, 'done')
  assert.equal(own.network.count('RefreshSession'), 1)
  own.network.mood = (request) => (isRecord(request) ? 'html' : 'none')
  await record(own, residentId, 192)
  for (let tries = 1; tries < 5; tries++) await own.queue.flush()
  const [left] = await own.queue.entries()
  assert.deepEqual([left?.state, left?.error?.code, left?.tries], ['refused', 'ANSWER_UNREADABLE', 5])
  own.close()
})

test('a server that says nothing keeps nobody waiting; what was sent arrives once all the same', async () => {
  const { phone: own, residentId } = await home({ patienceMs: 50 })
  let speak = (): void => undefined
  own.network.slowness = new Promise((done) => (speak = done))
  own.network.mood = (request) => (isRecord(request) ? 'slow' : 'none')
  const queued = await record(own, residentId, 193)
  assert.equal(queued.state, 'queued')
  const gone = new Promise<void>((done) => own.queue.onChange((left) => left.length === 0 && done()))
  assert.equal((await own.queue.entries()).length, 1)
  speak()
  await gone
  assert.deepEqual(await systolics(own, residentId), [193])
  assert.equal(own.network.count('RecordReading'), 1)
  own.close()
})
