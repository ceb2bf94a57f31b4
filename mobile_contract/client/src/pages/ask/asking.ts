import { newKey, type Keyless } from '@kangban/sdk'
import {
  AnswerStreamDocument,
  AskDocument,
  type AskMutation,
  type AskMutationVariables,
} from '@kangban/sdk/documents'
import { kangban } from '@/kangban'
import { online } from '@/stores/network'

type Variables = AskMutationVariables
type Said = (sentences: readonly string[]) => void
export type Answer = AskMutation['ask']['answer']

/** A socket that says nothing for so long is given up. */
const LONGEST_MS = 15_000

/**
 * The answer; `said` gets its sentences as they come, each of them verified. Where no socket
 * holds, all of it comes at once: the same key, so that the server answers once only.
 * Throws a KangbanError.
 */
export async function answerTo(question: Keyless<Variables>['input'], said: Said): Promise<Answer> {
  const input = { ...question, idempotencyKey: newKey() }
  const answer = online.value ? await streamed(input, said) : null
  return answer ?? (await kangban.mutate(AskDocument, { input })).data.ask.answer
}

/** Null where no socket holds. Throws a KangbanError. */
async function streamed(input: Variables['input'], said: Said): Promise<Answer | null> {
  let sentences: readonly string[] = []
  let end = (): void => undefined
  let late: ReturnType<typeof setTimeout> | undefined
  try {
    return await new Promise<Answer | null>((resolve, reject) => {
      late = setTimeout(resolve, LONGEST_MS, null)
      end = kangban.subscribe(
        AnswerStreamDocument,
        { input },
        ({ answerStream: { sentence, answer } }) => {
          if (sentence !== null) said((sentences = [...sentences, sentence]))
          if (answer !== null) resolve(answer)
        },
        (error) => (error.code === 'NETWORK' ? resolve(null) : reject(error)),
        // The server begins the answer again.
        { onReconnect: () => said((sentences = [])) },
      )
    })
  } finally {
    clearTimeout(late)
    end()
  }
}
