import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  MeDocument, ReadingsDocument, SignInAsDemoDocument, SignOutEverywhereDocument,
} from '../src/generated/documents.js'
import { home, phone, refusal, stale, takePerson } from './town.js'

test('many calls with an expired token wait for one refresh, and all are answered', async () => {
  const { phone: own, residentId } = stale()
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => own.query(ReadingsDocument, { residentId })),
  )
  assert.equal(answers.filter(({ data }) => data.resident?.id === residentId).length, 12)
  assert.equal(own.network.count('RefreshSession'), 1)
  await own.query(MeDocument, {})
  assert.equal(own.network.count('RefreshSession'), 1)
  assert.deepEqual(own.signedOut, [])
})

test('two tabs with one storage refresh once between them', async () => {
  const { phone: first, residentId } = stale()
  await first.query(ReadingsDocument, { residentId })
  const second = phone(first.kept)
  const before = JSON.parse(second.kept.get('kangban.session') ?? '{}') as { accessToken: string }
  assert.equal((await second.query(MeDocument, {})).data.me.id, await first.account())
  assert.equal(second.network.count('RefreshSession'), 0)
  assert.equal(JSON.parse(second.kept.get('kangban.session') ?? '{}').accessToken, before.accessToken)
})

test('a refresh that the network swallows signs nobody out', async () => {
  const { phone: own, residentId } = stale()
  own.network.mood = ({ body }) => (String(body).includes('"RefreshSession"') ? 'flight' : 'none')
  assert.equal((await refusal(own.query(ReadingsDocument, { residentId }))).code, 'NETWORK')
  own.network.mood = () => 'none'
  assert.equal((await own.query(ReadingsDocument, { residentId })).data.resident?.id, residentId)
  assert.deepEqual(own.signedOut, [])
})

test('a session that was ended on another phone is told once, and forgotten here', async () => {
  const { name } = takePerson()
  const one = phone()
  const other = phone()
  const device = { name: 'test', platform: 'OTHER' } as const
  await one.signIn(SignInAsDemoDocument, { name, device })
  await other.signIn(SignInAsDemoDocument, { name, device })
  await other.mutate(SignOutEverywhereDocument, {})
  const failures = await Promise.all([1, 2, 3].map(() => refusal(one.query(MeDocument, {}))))
  assert.deepEqual(new Set(failures.map(({ kind }) => kind)), new Set(['signedOut']))
  assert.deepEqual(one.signedOut.map(({ code }) => code), ['SESSION_ENDED'])
  assert.equal(await one.account(), null)
  assert.equal(one.kept.get('kangban.session'), undefined)
})

test('tokens that are gone, or that cannot be renewed, are told once, as any end of a session', async () => {
  const { phone: own } = await home()
  own.kept.delete('kangban.session')
  const failures = await Promise.all([1, 2, 3].map(() => refusal(own.query(MeDocument, {}))))
  assert.deepEqual(new Set(failures.map(({ kind }) => kind)), new Set(['signedOut']))
  assert.deepEqual(own.signedOut.map(({ code }) => code), ['TOKEN_MISSING'])

  const { phone: other } = stale()
  const session = JSON.parse(other.kept.get('kangban.session') ?? '{}') as object
  other.kept.set('kangban.session', JSON.stringify({ ...session, refreshToken: null }))
  assert.equal((await refusal(other.query(MeDocument, {}))).code, 'TOKEN_EXPIRED')
  assert.equal(await other.account(), null)
  assert.equal((await refusal(other.query(MeDocument, {}))).code, 'TOKEN_MISSING')
  assert.deepEqual(other.signedOut.map(({ code }) => code), ['TOKEN_EXPIRED'])
})

test('signing out works without a network, and tells nobody that they were signed out', async () => {
  const { phone: own } = await home()
  own.network.mood = () => 'flight'
  await own.signOut()
  assert.equal(await own.account(), null)
  assert.deepEqual(own.signedOut, [])
  own.network.mood = () => 'none'
  assert.equal((await refusal(own.query(MeDocument, {}))).code, 'TOKEN_MISSING')
  assert.deepEqual(own.signedOut, [])
})

test('a wrong name is refused in the language of the person, and leaves no session', async () => {
  for (const [locale, word] of [['zh-CN', /[\u4e00-\u9fff]/], ['en', /^[\x20-\x7e]+$/]] as const) {
    const own = phone(undefined, { locale: () => locale })
    const device = { name: '', platform: 'OTHER' } as const
    const error = await refusal(own.signIn(SignInAsDemoDocument, { name: 'nobody', device }))
    assert.match(error.message, word)
    assert.equal(await own.account(), null)
  }
})
