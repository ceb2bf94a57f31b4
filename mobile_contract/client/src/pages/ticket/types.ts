import type { TicketQuery } from '@kangban/sdk/documents'

export type Ticket = Extract<NonNullable<TicketQuery['node']>, { question: unknown }>
