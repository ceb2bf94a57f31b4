import { computed } from 'vue'
import { isDoctor } from '@/stores/session'

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

export type Tab = (typeof RESIDENT)[number]['tab'] | (typeof DOCTOR)[number]['tab']

/** The pages at the foot, by who is signed in. */
export const tabs = computed<readonly { tab: Tab; url: string }[]>(() => (isDoctor.value ? DOCTOR : RESIDENT))
