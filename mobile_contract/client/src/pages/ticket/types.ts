import type { AnswerTicketMutationVariables, TicketQuery } from '@kangban/sdk/documents'

export type Ticket = Extract<NonNullable<TicketQuery['node']>, { question: unknown }>
export type Limit = NonNullable<AnswerTicketMutationVariables['input']['limit']>
