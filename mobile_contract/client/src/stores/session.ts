import { computed } from 'vue'
import { CareCircleDocument, MeDocument, ProfileDocument } from '@kangban/sdk/documents'
import { kangban } from '@/kangban'
import { arrival } from './arrival'
import { settings } from './settings'
import { session, signedOut, type Person } from './who'

export { session } from './who'

export const person = computed<Person | null>(
  () => session.people.find(({ id }) => id === session.chosen) ?? session.people[0] ?? null,
)

export const residentId = computed(() => person.value?.id ?? null)

export const isDoctor = computed(() => session.roles.includes('FAMILY_DOCTOR'))

/** A shop's or a clinic's counter. */
export const isInstitution = computed(() => session.roles.includes('INSTITUTION'))

/** Where one begins: without a record, by making one's own or by taking an invitation. */
export const firstPage = computed(() => {
  if (session.account === null) return '/pages/sign-in/sign-in'
  if (isInstitution.value) return '/pages/counter/counter'
  if (isDoctor.value) return '/pages/worklist/worklist'
  if (arrival.value !== null) return arrival.value
  if (session.people.length > 0) return '/pages/home/home'
  return session.roles.includes('RESIDENT') ? '/pages/consent/consent' : '/pages/accept/accept'
})

export function choose(id: string): void {
  session.chosen = id
}

/** Who is signed in, and whose records they may open. Throws a KangbanError. */
export async function enter(): Promise<void> {
  const [{ data: who }, people] = await Promise.all([kangban.query(MeDocument, {}), peopleNow()])
  session.account = who.me.id
  session.name = who.me.displayName
  session.roles = [...who.me.roles]
  settings.atWork = isDoctor.value || isInstitution.value
  session.people = people
  const own = session.people.find(({ relation }) => relation === 'self')
  session.chosen = own?.id ?? session.people[0]?.id ?? null
  if (own) await rememberAge(own.id)
}

/** Somebody may have let them in meanwhile, or ended it. Throws a KangbanError. */
export async function refresh(): Promise<void> {
  session.people = await peopleNow()
}

async function peopleNow(): Promise<Person[]> {
  const { data } = await kangban.query(CareCircleDocument, {})
  return data.careCircle.flatMap(({ kind, resident }) =>
    resident.name ? [{ id: resident.id, name: resident.name, relation: kind }] : [],
  )
}

async function rememberAge(resident: string): Promise<void> {
  const { data } = await kangban.query(ProfileDocument, { residentId: resident })
  const born = data.resident?.profile?.birthDate
  settings.birthYear = typeof born === 'string' ? Number(born.slice(0, 4)) : null
}

export async function leave(): Promise<void> {
  await kangban.signOut()
  signedOut()
}
