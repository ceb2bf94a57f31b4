import type { DoctorSummaryQuery } from '@kangban/sdk/documents'

export type Summary = NonNullable<NonNullable<DoctorSummaryQuery['resident']>['doctorSummary']>
export type Lines = NonNullable<Summary['problems']>
