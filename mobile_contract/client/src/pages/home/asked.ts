import {
  HomeDocument,
  PointsDocument,
  ReminderOccurrencesDocument,
  RemindersDocument,
  type HomeQueryVariables,
  type PointsQueryVariables,
  type ReminderOccurrencesQueryVariables,
  type RemindersQueryVariables,
} from '@kangban/sdk/documents'
import { askAhead } from '@/stores/ahead'

const KINDS = [
  'BLOOD_PRESSURE', 'GLUCOSE', 'SPO2', 'TEMPERATURE', 'HEART_RATE', 'WEIGHT', 'SLEEP', 'STEPS',
] as const

export const homeOf = (residentId: string): HomeQueryVariables => ({ residentId, kinds: KINDS })
export const dueOf = (id: string): ReminderOccurrencesQueryVariables => ({ id, open: true })
export const remindersOf = (id: string): RemindersQueryVariables => ({ id })
export const pointsOf = (residentId: string): PointsQueryVariables => ({ residentId, first: 1 })

/** All that home shows of a resident, at once. */
export function askHomeAhead(residentId: string): void {
  askAhead(HomeDocument, homeOf(residentId))
  askAhead(ReminderOccurrencesDocument, dueOf(residentId))
  askAhead(RemindersDocument, remindersOf(residentId))
  askAhead(PointsDocument, pointsOf(residentId))
}
