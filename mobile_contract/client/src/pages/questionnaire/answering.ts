import { computed, ref, shallowRef } from 'vue'
import {
  CompleteQuestionnaireDocument,
  QuestionnaireResponseDocument,
  SaveQuestionnaireDocument,
  StartQuestionnaireDocument,
} from '@kangban/sdk/documents'
import { kangban } from '@/kangban'
import { useSend } from '@/stores/send'
import { residentId } from '@/stores/session'
import type { Given, Response } from './types'

/** One question after another; each answer is saved at once, and which is next may depend on it. */
export function useAnswering() {
  const response = shallowRef<Response | null>(null)
  const at = ref(0)
  const { refused, busy, send } = useSend()

  const question = computed(() => response.value?.questions[at.value] ?? null)
  const given = computed<Given | null>(() => {
    const known = response.value?.answers.find((each) => each.question === question.value?.key)
    if (!known) return null
    return {
      question: known.question,
      choice: known.choice,
      choices: known.choices && [...known.choices],
      number: known.number,
      text: known.text,
    }
  })

  /** Goes on at the first question without an answer. */
  async function start(questionnaireKey: string): Promise<void> {
    await send(async () => {
      const input = { residentId: residentId.value ?? '', questionnaireKey }
      const { data } = await kangban.mutate(StartQuestionnaireDocument, { input })
      const begun: Response = data.startQuestionnaire.response
      const answered = new Set(begun.answers.map((each) => each.question))
      const first = begun.questions.findIndex(({ key }) => !answered.has(key))
      response.value = begun
      at.value = first < 0 ? begun.questions.length : first
    })
  }

  async function look(id: string): Promise<void> {
    await send(async () => {
      const { data } = await kangban.query(QuestionnaireResponseDocument, { id })
      response.value = data.node && 'questionnaire' in data.node ? (data.node as Response) : null
    })
  }

  async function answer(answered: Given): Promise<void> {
    const now = response.value
    if (!now) return
    const input = { id: now.id, version: now.version, answers: [answered] }
    const taken = await send(async () => {
      const { data } = await kangban.mutate(SaveQuestionnaireDocument, { input })
      response.value = data.saveQuestionnaire.response
    })
    if (taken) skip()
  }

  function skip(): void {
    at.value += 1
  }

  async function finish(): Promise<void> {
    const now = response.value
    if (!now) return
    await send(async () => {
      const input = { id: now.id, version: now.version }
      const { data } = await kangban.mutate(CompleteQuestionnaireDocument, { input })
      response.value = data.completeQuestionnaire.response
    })
  }

  return { response, at, question, given, busy, refused, start, look, answer, skip, finish }
}
