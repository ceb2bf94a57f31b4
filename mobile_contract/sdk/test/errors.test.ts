import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HomeDocument, MeDocument, MeasurementKindsDocument, ReadingsDocument } from '../src/generated/documents.js'
import { graphqlError } from '../src/errors.js'
import type { HttpAnswer, Query, Transport } from '../src/index.js'
import { home, phone, refusal } from './town.js'

/** An answer as a newer server would give it. */
function answering(status: number, text: string): Transport {
  const answer: HttpAnswer = { status, headers: {}, text }
  return { send: () => Promise.resolve(answer) }
}

test('an operation that the server no longer knows asks for an update', async () => {
  const { phone: own } = await home()
  const old: Query<unknown, object> = { kind: 'query', name: 'Me', hash: 'f'.repeat(64) }
  const error = await refusal(own.query(old, {}))
  assert.deepEqual([error.code, error.kind, error.status], ['DOCUMENT_NOT_TRUSTED', 'outdated', 403])
  assert.match(error.message, /update/)
})

test('variables that the server no longer takes ask for an update', async () => {
  const { phone: own, residentId } = await home()
  const error = await refusal(own.query(ReadingsDocument, { residentId, first: 'ten' } as never))
  assert.deepEqual([error.code, error.kind], ['VARIABLES_INVALID', 'outdated'])
})

test('a field that is refused is told beside the data of the others', async () => {
  const [{ phone: own }, other] = await Promise.all([home(), home()])
  const kinds = await phone().query(MeasurementKindsDocument, {})
  assert.deepEqual(kinds.errors, [])
  const error = await refusal(own.query(HomeDocument, { residentId: other.residentId, kinds: ['WEIGHT'] })
    .then(({ errors }) => Promise.reject(errors[0])))
  assert.deepEqual([error.kind, error.path[0]], ['refused', 'resident'])
})

test('a code, an enum value and a field that are newer than the app survive', async () => {
  const newer = {
    data: { me: { id: 'x', roles: ['ROBOT_NURSE'], displayName: null, devices: [], signIns: [], mood: 'FINE' } },
    errors: [{ message: '月相不对。', path: ['me'], extensions: { code: 'MOON_WRONG', data: { phase: 3 } } }],
  }
  const own = phone(undefined, { transport: answering(200, JSON.stringify(newer)) })
  const { data, errors } = await own.query(MeDocument, {})
  assert.deepEqual(data.me.roles, ['ROBOT_NURSE'])
  assert.deepEqual(
    errors.map(({ code, message, data, kind }) => [code, message, data, kind]),
    [['MOON_WRONG', '月相不对。', { phase: 3 }, 'refused']],
  )
})

test('whatever stands in the way instead of the server is no answer of it', async () => {
  for (const [status, text] of [[200, '<html>sign in to this Wi-Fi</html>'], [500, 'Oops'], [200, '[]'], [200, '{}']] as const) {
    const error = await refusal(phone(undefined, { transport: answering(status, text) }).query(MeDocument, {}))
    assert.deepEqual([error.code, error.kind, error.status], ['ANSWER_UNREADABLE', 'server', status])
  }
})

test('a gateway whose server is away is as good as no network; the server itself can say 503 too', async () => {
  for (const status of [502, 503, 504]) {
    const error = await refusal(phone(undefined, { transport: answering(status, 'Bad gateway') }).query(MeDocument, {}))
    assert.deepEqual([error.code, error.kind, error.status], ['NETWORK', 'offline', status])
  }
  const told = JSON.stringify({ error: { code: 'INTERNAL', message: '', data: {} } })
  const error = await refusal(phone(undefined, { transport: answering(503, told) }).query(MeDocument, {}))
  assert.deepEqual([error.code, error.kind], ['INTERNAL', 'server'])
})

test('what to wait for is told in seconds; a limit that waiting does not help is a refusal', () => {
  const shown = (code: string, data: object) => graphqlError({ message: '', extensions: { code, data } })
  assert.deepEqual([shown('RATE_LIMITED', { retry_after: 7 }).kind, shown('RATE_LIMITED', { retry_after: 7 }).retryAfter], ['wait', 7])
  assert.equal(shown('SIGN_IN_TOO_OFTEN', { retry_after_seconds: 60 }).kind, 'wait')
  assert.equal(shown('TOO_MANY_NODES', { limit: 5000 }).kind, 'refused')
  assert.equal(shown('INTERNAL', { id: 'a1' }).kind, 'server')
  assert.equal(graphqlError('nonsense').code, 'INTERNAL')
})
