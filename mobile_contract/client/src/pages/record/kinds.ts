/** What one records by hand: the components in the order of a meter's display, in whose units. */
export interface Asked {
  readonly component: string
  readonly unit: string
  readonly decimals: boolean
  readonly optional?: boolean
}

export const KINDS = [
  'BLOOD_PRESSURE', 'GLUCOSE', 'HEART_RATE', 'WEIGHT', 'SPO2', 'TEMPERATURE', 'WAIST', 'STEPS',
] as const

export type RecordedKind = (typeof KINDS)[number]

// As GET measurementKinds names them; here too, so that one can record without a network.
export const ASKED: Record<RecordedKind, readonly Asked[]> = {
  BLOOD_PRESSURE: [
    { component: 'systolic', unit: 'mm[Hg]', decimals: false },
    { component: 'diastolic', unit: 'mm[Hg]', decimals: false },
    { component: 'pulse', unit: '/min', decimals: false, optional: true },
  ],
  GLUCOSE: [{ component: 'glucose', unit: 'mmol/L', decimals: true }],
  HEART_RATE: [{ component: 'rate', unit: '/min', decimals: false }],
  WEIGHT: [{ component: 'weight', unit: 'kg', decimals: true }],
  SPO2: [{ component: 'spo2', unit: '%', decimals: false }],
  TEMPERATURE: [{ component: 'temperature', unit: 'Cel', decimals: true }],
  WAIST: [{ component: 'waist', unit: 'cm', decimals: true }],
  STEPS: [{ component: 'count', unit: '{steps}', decimals: false }],
}

export const MEALS = ['FASTING', 'BEFORE_MEAL', 'AFTER_MEAL', 'BEDTIME', 'RANDOM'] as const
export type RecordedMeal = (typeof MEALS)[number]

/** Whose devices have a display that can be photographed. */
export const PICTURED: readonly RecordedKind[] = [
  'BLOOD_PRESSURE', 'GLUCOSE', 'WEIGHT', 'SPO2', 'TEMPERATURE',
]
