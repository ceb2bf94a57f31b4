import { settings } from '@/stores/settings'

/** 甲、乙、丙; a, b, c. */
export function listed(each: readonly string[]): string {
  return each.join(settings.language === 'en' ? ', ' : '、')
}
