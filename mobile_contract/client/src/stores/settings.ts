import { computed } from 'vue'
import { kept } from './kept'

export type Language = 'zh-CN' | 'en'
export type TextSize = 'normal' | 'large' | 'largest'

interface Settings {
  /** Null: by age, large for who is over 65. */
  textSize: TextSize | null
  contrast: boolean
  language: Language
  /** Of who is signed in; until it is known, text is large. */
  birthYear: number | null
  /** Staff at work read dense lists. */
  atWork: boolean
}

const ELDER = 65

export const settings = kept<Settings>('settings', {
  textSize: null,
  contrast: false,
  language: 'zh-CN',
  birthYear: null,
  atWork: false,
})

export const textSize = computed<TextSize>(() => settings.textSize ?? sizeByAge())

/** One thing a screen, large keys, no choice that can wait. */
export const elder = computed(() => textSize.value !== 'normal')

export const frameClass = computed(() => [
  'frame',
  `text-${textSize.value}`,
  ...(settings.contrast ? ['contrast'] : []),
])

function sizeByAge(): TextSize {
  if (settings.atWork) return 'normal'
  if (settings.birthYear === null) return 'large'
  return new Date().getFullYear() - settings.birthYear > ELDER ? 'large' : 'normal'
}
