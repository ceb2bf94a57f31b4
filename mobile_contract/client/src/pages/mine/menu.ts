import type { t } from './words'

interface Item {
  readonly page: string
  readonly name: Parameters<typeof t>[0]
  readonly who: 'resident' | 'doctor' | 'all'
}

/** The pages behind 我的, in this order. */
export const MENU: readonly Item[] = [
  { page: 'inbox', name: 'inbox', who: 'all' },
  { page: 'plans', name: 'plans', who: 'resident' },
  { page: 'reminders', name: 'reminders', who: 'resident' },
  { page: 'reports', name: 'reports', who: 'resident' },
  { page: 'points', name: 'points', who: 'resident' },
  { page: 'articles', name: 'articles', who: 'resident' },
  { page: 'questionnaires', name: 'questionnaires', who: 'resident' },
  { page: 'circle', name: 'circle', who: 'resident' },
  { page: 'looked', name: 'looked', who: 'resident' },
  { page: 'privacy', name: 'privacy', who: 'resident' },
  { page: 'notices', name: 'notices', who: 'all' },
  { page: 'settings', name: 'settings', who: 'all' },
]
