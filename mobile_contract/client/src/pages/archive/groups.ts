import type { TimelineFilterInput } from '@kangban/sdk/documents'
import { KINDS } from '../record/kinds'

/** What one looks for in an archive, as filters of the timeline. */
export const GROUPS = {
  illness: { sections: ['CONDITION', 'ALLERGY', 'ENCOUNTER', 'PROCEDURE'] },
  medicine: { sections: ['MEDICATION'] },
  results: { sections: ['REPORT', 'OBSERVATION', 'DOCUMENT'] },
  readings: { kinds: [...KINDS, 'SLEEP', 'EXERCISE', 'SYMPTOM', 'MOOD'] },
  rest: {
    sections: [
      'IMMUNIZATION', 'FAMILY_HISTORY', 'LIFESTYLE', 'PREGNANCY', 'CHILD', 'QUESTIONNAIRE', 'CARE_PLAN', 'GOAL',
    ],
  },
} as const satisfies Record<string, TimelineFilterInput>

export type Group = keyof typeof GROUPS
export const NAMES = Object.keys(GROUPS) as Group[]
