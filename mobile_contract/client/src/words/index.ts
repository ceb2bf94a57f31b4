import { settings } from '@/stores/settings'

type Values = Record<string, string | number>

/**
 * The words of one page in both languages, `{name}` standing for a value.
 * Each page brings its own, so that they are loaded with it.
 */
export function words<K extends string>(zh: Record<K, string>, en: Record<K, string>) {
  return (key: K, values: Values = {}): string => {
    const text = (settings.language === 'en' ? en : zh)[key]
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
  }
}
