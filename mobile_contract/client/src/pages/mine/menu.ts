import type { t } from './words'

interface Item {
  readonly page: string
  readonly name: Parameters<typeof t>[0]
  /** Everybody, or those whose tabs are these. */
  readonly who: 'resident' | 'doctor' | 'institution' | 'all'
}

/** The pages behind 我的, in this order. */
export const MENU: readonly Item[] = [
  { page: 'inbox', name: 'inbox', who: 'all' },
  { page: 'plans', name: 'plans', who: 'resident' },
  { page: 'reminders', name: 'reminders', who: 'resident' },
  { page: 'appointments', name: 'appointments', who: 'resident' },
  { page: 'reports', name: 'reports', who: 'resident' },
  { page: 'points', name: 'points', who: 'resident' },
  { page: 'articles', name: 'articles', who: 'resident' },
  { page: 'questionnaires', name: 'questionnaires', who: 'resident' },
  { page: 'circle', name: 'circle', who: 'resident' },
  { page: 'contracts', name: 'contracts', who: 'resident' },
  { page: 'shares', name: 'shares', who: 'resident' },
  { page: 'looked', name: 'looked', who: 'resident' },
  { page: 'offer', name: 'offer', who: 'doctor' },
  { page: 'privacy', name: 'privacy', who: 'resident' },
  { page: 'notices', name: 'notices', who: 'all' },
  { page: 'settings', name: 'settings', who: 'all' },
]
