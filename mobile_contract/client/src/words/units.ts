import { settings } from '@/stores/settings'

/** UCUM codes that nobody writes, and units that have a Chinese name. */
const UNITS: Record<string, [zh: string, en: string]> = {
  'mm[Hg]': ['mmHg', 'mmHg'],
  '/min': ['次/分', '/min'],
  '次/分': ['次/分', '/min'],
  '次/分钟': ['次/分', '/min'],
  '{steps}': ['步', 'steps'],
  'min': ['分钟', 'min'],
  'Cel': ['℃', '℃'],
  'kg': ['公斤', 'kg'],
  'cm': ['厘米', 'cm'],
  '{score}': ['分', 'points'],
  'jin': ['斤', 'jin'],
  '秒': ['秒', 's'],
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** A UCUM code, or a unit as a laboratory prints it, as people write it. */
export function unitText(code: string): string {
  return UNITS[code]?.[settings.language === 'en' ? 1 : 0] ?? withSigns(code)
}

/** μmol/L for umol/L, 10⁹/L for 10^9/L, kg/m² for kg/m2: also inside of a text. */
export function withSigns(text: string): string {
  return text
    .replace(/(^|[^A-Za-z])u(?=(?:mol|g|L|IU|U)(?![A-Za-z]))/g, '$1μ')
    .replace(/(^|[^0-9.])10[\^*](\d{1,2})(?=\/)/g, (_, before: string, power: string) => `${before}10${raised(power)}`)
    .replace(/\/(k?g\/)?m2(?![0-9A-Za-z])/g, (unit) => `${unit.slice(0, -1)}²`)
    .replace(/1\.73m2/g, '1.73 m²')
}

function raised(digits: string): string {
  return [...digits].map((each) => RAISED[Number(each)]).join('')
}
