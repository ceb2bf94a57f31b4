/** A trend as a drawing: lines over time, the range of each day behind them, and the goal. */
export interface Point {
  /** ms since 1970. */
  readonly at: number
  readonly mean: number
  readonly min: number
  readonly max: number
}

export interface Line {
  readonly colour: string
  readonly dashed: boolean
  readonly points: readonly Point[]
}

export interface Band {
  readonly low: number | null
  readonly high: number | null
}

export interface Drawing {
  readonly lines: readonly Line[]
  readonly bands: readonly Band[]
  readonly from: number
  readonly until: number
  readonly fromText: string
  readonly untilText: string
  readonly fontSize: number
  readonly ink: string
}

const WIDTH = 360
const HEIGHT = 270
const TOP = 14
const RIGHT = 12
const STEPS = 4

export const RATIO = HEIGHT / WIDTH

export function draw(drawing: Drawing): string {
  const { lines, fontSize } = drawing
  const left = fontSize * 2.4
  const bottom = HEIGHT - fontSize * 1.7
  const [low, high] = extent(drawing)
  const x = (at: number): number =>
    left + ((at - drawing.from) / Math.max(1, drawing.until - drawing.from)) * (WIDTH - left - RIGHT)
  const y = (value: number): number => bottom - ((value - low) / (high - low)) * (bottom - TOP)
  const parts = [
    ...drawing.bands.map((band) => bandOf(band, y, low, high, left)),
    ...grid(low, high, y, left, drawing),
    ...lines.flatMap((line) => lineOf(line, x, y)),
    label(left, HEIGHT - 6, drawing.fromText, 'start', drawing),
    label(WIDTH - RIGHT, HEIGHT - 6, drawing.untilText, 'end', drawing),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">${parts.join('')}</svg>`
}

/** Round limits with room around everything that is drawn. */
function extent({ lines, bands }: Drawing): [number, number] {
  const values = [
    ...lines.flatMap(({ points }) => points.flatMap(({ min, max }) => [min, max])),
    ...bands.flatMap(({ low, high }) => [low ?? [], high ?? []].flat()),
  ]
  const low = Math.min(...values)
  const high = Math.max(...values)
  const step = nice((high - low || Math.abs(high) || 1) / STEPS)
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step || step]
}

function nice(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw))
  const digit = [1, 2, 5, 10].find((each) => each * power >= raw) ?? 10
  return digit * power
}

function grid(low: number, high: number, y: (value: number) => number, left: number, drawing: Drawing): string[] {
  const step = nice((high - low) / STEPS)
  const count = Math.round((high - low) / step)
  return Array.from({ length: count + 1 }, (_, index) => low + index * step).flatMap((value) => [
    `<line x1="${left}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#d9d5ca"/>`,
    label(left - 6, y(value) + drawing.fontSize * 0.35, String(Number(value.toFixed(2))), 'end', drawing),
  ])
}

function bandOf({ low: from, high: to }: Band, y: (value: number) => number, low: number, high: number, left: number): string {
  const top = y(to ?? high)
  const height = y(from ?? low) - top
  return `<rect x="${left}" y="${top}" width="${WIDTH - RIGHT - left}" height="${height}" fill="#0b6b5d" opacity="0.1"/>`
}

function lineOf({ colour, dashed, points }: Line, x: (at: number) => number, y: (value: number) => number): string[] {
  const path = points.map(({ at, mean }) => `${x(at).toFixed(1)},${y(mean).toFixed(1)}`).join(' ')
  const ranges = points.map(
    ({ at, min, max }) =>
      `<line x1="${x(at)}" x2="${x(at)}" y1="${y(min)}" y2="${y(max)}" stroke="${colour}" stroke-width="3" opacity="0.3"/>`,
  )
  const dots = points.map(
    ({ at, mean }) => `<circle cx="${x(at)}" cy="${y(mean)}" r="3.2" fill="${colour}"/>`,
  )
  const dash = dashed ? ' stroke-dasharray="7 5"' : ''
  return [...ranges, `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2.5"${dash}/>`, ...dots]
}

function label(x: number, y: number, text: string, anchor: 'start' | 'end', { fontSize, ink }: Drawing): string {
  return `<text x="${x}" y="${y}" font-size="${fontSize}" font-family="sans-serif" fill="${ink}" text-anchor="${anchor}">${text}</text>`
}
