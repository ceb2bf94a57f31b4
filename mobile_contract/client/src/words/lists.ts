import { settings } from '@/stores/settings'

/** （甲）; (a), after a word. */
export function bracketed(text: string): string {
  return settings.language === 'en' ? ` (${text})` : `（${text}）`
}

/** 甲：乙; a: b. */
export function labelled(name: string, text: string): string {
  return settings.language === 'en' ? `${name}: ${text}` : `${name}：${text}`
}

/** 甲、乙、丙; a, b, c. */
export function listed(each: readonly string[]): string {
  return each.join(settings.language === 'en' ? ', ' : '、')
}
