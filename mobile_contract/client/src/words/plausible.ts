import { words } from '.'
import { unitText } from './units'
import { kindName, type KindName } from './kinds'

const t = words(
  {
    usual: '{name}通常在 {low} 到 {high} {unit} 之间。',
    impossible: '{name}应在 {low} 到 {high} {unit} 之间，请看看有没有填错。',
    above: '高压应该比低压高，请看看有没有填反。',
    systolic: '高压（收缩压）',
    diastolic: '低压（舒张压）',
    pulse: '脉搏',
  },
  {
    usual: '{name} is mostly from {low} to {high} {unit}.',
    impossible: '{name} can only be from {low} to {high} {unit}: is there a slip?',
    above: 'The upper value must be above the lower one: were they swapped?',
    systolic: 'Upper (systolic)',
    diastolic: 'Lower (diastolic)',
    pulse: 'Pulse',
  },
)

interface Refusal {
  readonly code: string
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

/** 高压（收缩压）; 血糖: of one number, or of a kind that has one number only. */
export function componentName(kind: string, component: string): string {
  const known = (['systolic', 'diastolic', 'pulse'] as const).find((each) => each === component)
  return known && kind === 'BLOOD_PRESSURE' ? t(known) : kindName(kind as KindName)
}

/** Why a reading was not taken; the server's own sentence names components and units by their codes. */
export function refusalText(kind: string, { code, message, data }: Refusal): string {
  const { component, low, high, unit, rule = 'limits' } = data
  if (typeof component !== 'string' || (code !== 'PLAUSIBILITY_IMPOSSIBLE' && code !== 'NEEDS_CONFIRMATION')) return message
  if (rule !== 'limits') return kind === 'BLOOD_PRESSURE' ? t('above') : message
  const range = { name: componentName(kind, component), low: Number(low), high: Number(high), unit: unitText(String(unit)) }
  return t(code === 'NEEDS_CONFIRMATION' ? 'usual' : 'impossible', range)
}
