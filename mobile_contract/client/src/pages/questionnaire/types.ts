import type { GivenAnswerInput, ResponseFieldsFragment } from '@kangban/sdk/documents'

export type Response = ResponseFieldsFragment
export type Question = Response['questions'][number]
export type Given = GivenAnswerInput
