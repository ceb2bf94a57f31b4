/** Drawn on 24 × 24, strokes only. */
const PATHS = {
  today: 'M3 11 12 3l9 8v9a1 1 0 0 1-1 1h-5v-6H9v6H4a1 1 0 0 1-1-1z',
  record: 'M12 5v14M5 12h14',
  archive: 'M4 4h16v4H4zM6 8v12h12V8M10 12h4',
  ask: 'M4 5h16v11H9l-5 4z',
  mine: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6',
  back: 'M15 5l-7 7 7 7',
  worklist: 'M4 4h16v12H9l-5 4zM8 10l3 3 5-5',
  panel: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2 20c0-4 3-6 7-6s7 2 7 6M16 4a3.5 3.5 0 0 1 0 7M18 14c3 1 4 3 4 6',
  counter: 'M4 4h5v5H4zM15 4h5v5h-5zM4 15h5v5H4zM14 14h2v2h-2zM18 18h2v2h-2zM19 13v2M13 19h2',
  statement: 'M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zM9 8h6M9 12h6',
  next: 'M9 5l7 7-7 7',
  camera: 'M4 8h4l2-3h4l2 3h4v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
} as const

export type IconName = keyof typeof PATHS

export function icon(name: IconName, colour: string): string {
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" ' +
    `stroke="${colour}" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">` +
    `<path d="${PATHS[name]}"/></svg>`
  )
}
