import { computed } from 'vue'
import { isDoctor, isInstitution } from '@/stores/session'

const RESIDENT = [
  { tab: 'today', url: '/pages/home/home' },
  { tab: 'record', url: '/pages/record/record' },
  { tab: 'archive', url: '/pages/archive/archive' },
  { tab: 'ask', url: '/pages/ask/ask' },
  { tab: 'mine', url: '/pages/mine/mine' },
] as const

const DOCTOR = [
  { tab: 'worklist', url: '/pages/worklist/worklist' },
  { tab: 'panel', url: '/pages/panel/panel' },
  { tab: 'mine', url: '/pages/mine/mine' },
] as const

const INSTITUTION = [
  { tab: 'counter', url: '/pages/counter/counter' },
  { tab: 'statement', url: '/pages/statement/statement' },
  { tab: 'mine', url: '/pages/mine/mine' },
] as const

type One = (typeof RESIDENT)[number] | (typeof DOCTOR)[number] | (typeof INSTITUTION)[number]
export type Tab = One['tab']

/** The pages at the foot, by who is signed in. */
export const tabs = computed<readonly { tab: Tab; url: string }[]>(() => {
  if (isInstitution.value) return INSTITUTION
  return isDoctor.value ? DOCTOR : RESIDENT
})
