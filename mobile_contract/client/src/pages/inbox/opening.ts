import { firstPage, isDoctor } from '@/stores/session'

interface Item {
  readonly topic: string
  readonly about: string | null
  readonly residentId: string
}

const PAGES: Readonly<Record<string, string>> = {
  doctor_answers: 'questions',
  circle: 'circle',
  privacy: 'privacy',
  points: 'points',
  reminders: 'reminders',
  reports: 'reports',
  care_plans: 'plans',
  appointments: 'appointments',
}

const OF_ONE: Readonly<Record<string, string>> = {
  reports: 'report',
  care_plans: 'plan',
  doctor_work: 'ticket',
  appointments: 'appointment',
}

/** Where a message leads: to the thing itself, else to the page of its topic. */
export function pageOf({ topic, about, residentId }: Item): string {
  const one = OF_ONE[topic]
  if (one && about) return `/pages/${one}/${one}?id=${about}`
  if (isDoctor.value) return `/pages/resident/resident?id=${residentId}`
  const page = PAGES[topic]
  return page ? `/pages/${page}/${page}` : firstPage.value
}
