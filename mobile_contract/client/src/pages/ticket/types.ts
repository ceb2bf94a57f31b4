import type { TicketQuery } from '@kangban/sdk/documents'

export type Ticket = Extract<TicketQuery['node'], { __typename?: 'Ticket' }>
