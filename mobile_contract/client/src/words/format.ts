import type { TimePrecision } from '@kangban/sdk/documents'
import { settings } from '@/stores/settings'
import { words } from '.'
import { unitText } from './units'

export { unitText, withSigns } from './units'

const t = words(
  {
    today: '今天 {time}',
    yesterday: '昨天 {time}',
    thisDay: '今天',
    dayBefore: '昨天',
    day: '{month}月{date}日',
    dayTime: '{month}月{date}日 {time}',
    year: '{year}年{month}月{date}日',
    yearMonth: '{year}年{month}月',
    yearOnly: '{year}年',
    weekday: '{month}月{date}日 周{name}',
  },
  {
    today: 'today {time}',
    yesterday: 'yesterday {time}',
    thisDay: 'today',
    dayBefore: 'yesterday',
    day: '{date} {monthName}',
    dayTime: '{date} {monthName} {time}',
    year: '{date} {monthName} {year}',
    yearMonth: '{monthName} {year}',
    yearOnly: '{year}',
    weekday: '{name} {date} {monthName}',
  },
)

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

const monthOf = (month: number) => ({ month, monthName: MONTHS[month - 1] ?? '' })
const two = (value: number): string => String(value).padStart(2, '0')
const midnight = (at: Date): number => new Date(at).setHours(0, 0, 0, 0)
const DAY = 24 * 60 * 60 * 1000

/** When something was, as one says it: 今天 08:10, 昨天 21:30, 11月3日 08:10, 2025年6月1日. */
export function when(iso: string | Date, now: Date = new Date()): string {
  const at = new Date(iso)
  const days = Math.round((midnight(now) - midnight(at)) / DAY)
  const values = {
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
    year: at.getFullYear(),
    ...monthOf(at.getMonth() + 1),
    date: at.getDate(),
  }
  if (days === 0) return t('today', values)
  if (days === 1) return t('yesterday', values)
  return at.getFullYear() === now.getFullYear() ? t('dayTime', values) : t('year', values)
}

interface Moment {
  readonly at: string
  readonly precision: TimePrecision
}

/** When something was, as far as that is known: 今天 08:10, 今天, 11月3日, 2012年5月, 2012年. */
export function whenKnown({ at, precision }: Moment, now: Date = new Date()): string {
  const [year = 0, month = 1, date = 1] = at.slice(0, 10).split('-').map(Number)
  if (precision === 'YEAR') return t('yearOnly', { year })
  if (precision === 'MONTH') return t('yearMonth', { year, ...monthOf(month) })
  if (precision !== 'DAY') return when(at, now)
  // The day as it is written, wherever this device is.
  const days = Math.round((midnight(now) - new Date(year, month - 1, date).getTime()) / DAY)
  if (days === 0) return t('thisDay')
  if (days === 1) return t('dayBefore')
  return t(year === now.getFullYear() ? 'day' : 'year', { year, ...monthOf(month), date })
}

/** The day only, for lists and the axis of a chart. */
export function day(iso: string | Date): string {
  const at = new Date(iso)
  return t('day', { ...monthOf(at.getMonth() + 1), date: at.getDate() })
}

/** The day, with its year where that is another one: for what lies ahead. */
export function date(iso: string | Date, now: Date = new Date()): string {
  const at = new Date(iso)
  if (at.getFullYear() === now.getFullYear()) return day(at)
  return t('year', { year: at.getFullYear(), ...monthOf(at.getMonth() + 1), date: at.getDate() })
}

const WEEKDAYS = { 'zh-CN': '日一二三四五六', en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] } as const

/** 11月25日 周三: a day that one has to be somewhere. */
export function weekday(iso: string | Date): string {
  const at = new Date(iso)
  const name = WEEKDAYS[settings.language][at.getDay()] ?? ''
  return t('weekday', { ...monthOf(at.getMonth() + 1), date: at.getDate(), name })
}

/** Dates inside of a text, 2026-11-11 or 2026-11, as one writes them. */
export function withDates(text: string): string {
  const written = /(^|[^\d-])(\d{4})-(\d{2})(?:-(\d{2}))?(?![\d-])/g
  return text.replace(written, (_, before: string, year: string, month: string, date?: string) => {
    const known = { year, ...monthOf(Number(month)), date: Number(date ?? 1) }
    return before + t(date === undefined ? 'yearMonth' : 'year', known)
  })
}

/** A title without the date of its own entry, which stands beside it. */
export function withoutDate(title: string, { at, precision }: Moment): string {
  const own = at.slice(0, precision === 'YEAR' ? 4 : precision === 'MONTH' ? 7 : 10)
  const rest = title
    .replace(new RegExp(`（${own}(?:起|年起)?(，|）)`), (_, end: string) => (end === '，' ? '（' : ''))
    .replace(new RegExp(` \\((?:since )?${own}(, |\\))`), (_, end: string) => (end === ', ' ? ' (' : ''))
  return withDates(rest)
}

export function clock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}`
}

/** With the offset of the device, as readings are recorded. */
export function withOffset(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19)
  const sign = minutes < 0 ? '-' : '+'
  const away = Math.abs(minutes)
  return `${local}${sign}${two(Math.floor(away / 60))}:${two(away % 60)}`
}

interface Value {
  readonly component: string
  readonly quantity: { readonly value: number; readonly unit: string }
}

/** 144/75 with mmHg; 7小时38分; 7.5 with mmol/L. The components beside the first are left out. */
export function reading(kind: string, values: readonly Value[]): { text: string; unit: string } {
  const [first, second] = values
  if (!first) return { text: '', unit: '' }
  const unit = unitText(first.quantity.unit)
  if (kind === 'BLOOD_PRESSURE' && second) {
    return { text: `${first.quantity.value}/${second.quantity.value}`, unit }
  }
  if (kind === 'SLEEP') return { text: duration(first.quantity.value), unit: '' }
  return { text: String(first.quantity.value), unit }
}

/** 7小时38分. */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = Math.round(minutes % 60)
  if (settings.language === 'en') return rest ? `${hours} h ${rest} min` : `${hours} h`
  return rest ? `${hours}小时${rest}分` : `${hours}小时`
}
