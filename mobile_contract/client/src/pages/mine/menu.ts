import type { t } from './words'

interface Item {
  readonly page: string
  readonly name: Parameters<typeof t>[0]
  readonly who: 'resident' | 'doctor' | 'all'
}

/** The pages behind 我的, in this order. */
export const MENU: readonly Item[] = [
  { page: 'reminders', name: 'reminders', who: 'resident' },
  { page: 'reports', name: 'reports', who: 'resident' },
  { page: 'settings', name: 'settings', who: 'all' },
]
