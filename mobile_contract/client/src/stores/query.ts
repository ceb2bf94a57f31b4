import { onLoad, onShow } from '@dcloudio/uni-app'
import { ref, shallowRef, watch } from 'vue'
import { KangbanError, type Query } from '@kangban/sdk'
import { kangban } from '@/kangban'
import { ask } from './ahead'
import { recall, remember } from './seen'

interface QueryOptions {
  /** What was last seen is there at once, `stale` until the server has answered. */
  readonly seenFirst?: boolean
}

/**
 * The answer to a query, asked again each time the page is shown and when `variables` change.
 * While there is no network, `data` is what was last seen, and `seenAt` says when.
 * `variables` of null: not yet known, nothing is asked.
 */
export function useQuery<Data, Variables extends object>(
  document: Query<Data, Variables>,
  variables: () => Variables | null,
  { seenFirst = false }: QueryOptions = {},
) {
  const data = shallowRef<Data | null>(null)
  const failure = shallowRef<KangbanError | null>(null)
  const seenAt = ref<string | null>(null)
  const loading = ref(false)
  const stale = ref(false)
  let asked = 0

  async function load(): Promise<void> {
    const given = variables()
    if (given === null) return
    const turn = ++asked
    loading.value = true
    const account = await kangban.account()
    const key = `seen:${account ?? ''}:${document.name}:${JSON.stringify(given)}`
    if (seenFirst && data.value === null && turn === asked) {
      data.value = (recall(key)?.data as Data | undefined) ?? null
      stale.value = data.value !== null
    }
    try {
      const answer = await ask(document, given)
      if (turn !== asked) return
      data.value = answer.data
      failure.value = answer.errors[0] ?? null
      seenAt.value = null
      // Nothing stays of who has signed out meanwhile.
      if (account !== null && account === (await kangban.account())) remember(key, answer.data)
    } catch (error) {
      if (turn !== asked) return
      failure.value = asKangban(error)
      const seen = failure.value.kind === 'offline' ? recall(key) : null
      if (stale.value) data.value = null
      if (seen) {
        data.value = seen.data as Data
        seenAt.value = seen.at
      }
    } finally {
      if (turn === asked) loading.value = stale.value = false
    }
  }

  onShow(() => void load())
  watch(
    () => JSON.stringify(variables()),
    () => {
      data.value = null
      void load()
    },
  )
  return { data, failure, seenAt, loading, stale, load }
}

/** What the page was opened with, by `id` in its address. */
export function useOpened<Data>(document: Query<Data, { id: string }>) {
  const id = ref<string | null>(null)
  onLoad((query) => {
    id.value = query?.id ?? null
  })
  return useQuery(document, () => (id.value ? { id: id.value } : null))
}

/** What is no KangbanError is a fault of this client, and is thrown on. */
export function asKangban(error: unknown): KangbanError {
  if (error instanceof KangbanError) return error
  throw error
}
