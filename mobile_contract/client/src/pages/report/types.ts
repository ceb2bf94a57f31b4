import type { ReportQuery } from '@kangban/sdk/documents'

export type Report = Extract<NonNullable<ReportQuery['node']>, { items: unknown }>
export type Item = Report['items'][number]
