import { settings } from '@/stores/settings'

type Values = Record<string, string | number>

/**
 * The words of one page in both languages, `{name}` standing for a value.
 * Each page brings its own, so that they are loaded with it.
 */
export function words<K extends string>(zh: Record<K, string>, en: Record<K, string>) {
  return (key: K, values: Values = {}): string => {
    const text = (settings.language === 'en' ? en : zh)[key]
    const told = text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
    return settings.language === 'en' ? singular(told) : told
  }
}

/** 1 point, 1 day: the words are written for several. */
function singular(text: string): string {
  return text.replace(/(^|[^\d.,/])1 (day|point|question|time|week|month|item)s\b/g, '$11 $2')
}
