import type { TrendQuery } from '@kangban/sdk/documents'
import { draw, type Line } from '@/chart/line'
import { date } from '@/words/format'

export type Trend = NonNullable<NonNullable<TrendQuery['resident']>['trend']>

const COLOURS = ['#0b6b5d', '#8a4b08']
/** More lines than two are hard to tell apart; pulse and the phases of sleep are left out. */
const MOST = 2
/** Sleep is counted in minutes and drawn in hours. */
const MINUTES_AN_HOUR = 60
const LARGE = 20
const NORMAL = 15

export function components(trend: Trend): readonly { component: string; label: string }[] {
  return trend.whole.stats.slice(0, trend.kind === 'BLOOD_PRESSURE' ? MOST : 1)
}

/** Null where nothing was measured. */
export function picture(trend: Trend, large: boolean, ink: string): string | null {
  const shown = components(trend).map(({ component }) => component)
  const scale = trend.kind === 'SLEEP' ? MINUTES_AN_HOUR : 1
  const scaled = (limit: number | null) => (limit === null ? null : limit / scale)
  const lines = shown.map((component, index) => line(trend, component, index, scale))
  if (!lines.some(({ points }) => points.length)) return null
  return draw({
    lines,
    bands: trend.targets.flatMap(({ component, low, high }) =>
      shown.includes(component) ? [{ low: scaled(low), high: scaled(high) }] : [],
    ),
    from: Date.parse(trend.since),
    until: Date.parse(trend.until),
    fromText: date(trend.since),
    untilText: date(trend.until),
    fontSize: large ? LARGE : NORMAL,
    ink,
  })
}

function line(trend: Trend, component: string, index: number, scale: number): Line {
  return {
    colour: COLOURS[index] ?? COLOURS[0]!,
    dashed: index > 0,
    points: trend.buckets.flatMap(({ start, all }) => {
      const stat = all.stats.find((each) => each.component === component)
      return stat ? [{ at: Date.parse(start), mean: stat.mean / scale, min: stat.min / scale, max: stat.max / scale }] : []
    }),
  }
}
