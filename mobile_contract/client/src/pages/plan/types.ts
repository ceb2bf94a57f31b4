import type { CarePlanQuery } from '@kangban/sdk/documents'

export type Plan = Extract<NonNullable<CarePlanQuery['node']>, { pathway: unknown }>
export type Progress = NonNullable<Plan['progress']>
