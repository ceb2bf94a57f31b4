import { onHide, onLoad, onShow } from '@dcloudio/uni-app'
import { ref, shallowRef, watch } from 'vue'
import { KangbanError, type Query } from '@kangban/sdk'
import { kangban } from '@/kangban'
import { ask } from './ahead'
import { online } from './network'
import { caughtUp } from './queue'
import { recall, remember } from './seen'

/** So long a page stays empty for a server that says nothing, where something was seen before. */
const PATIENCE_MS = 5_000

interface QueryOptions {
  /** What was last seen is there at once, `stale` until the server has answered. */
  readonly seenFirst?: boolean
}

/**
 * The answer to a query, asked again each time the page is shown, when `variables` change, when
 * what had waited for the network was sent, and after a failure when the network is back.
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
  let shown = false

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
    const impatience = setTimeout(() => turn === asked && data.value === null && showSeen(key), PATIENCE_MS)
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
      if (stale.value || seenAt.value !== null) data.value = null
      seenAt.value = null
      if (notTheServer(failure.value)) showSeen(key)
    } finally {
      clearTimeout(impatience)
      if (turn === asked) loading.value = stale.value = false
    }
  }

  function showSeen(key: string): void {
    const seen = recall(key)
    if (seen === null) return
    data.value = seen.data as Data
    seenAt.value = seen.at
  }

  onShow(() => {
    shown = true
    void load()
  })
  onHide(() => {
    shown = false
  })
  watch(caughtUp, () => shown && void load())
  watch(online, (now) => now && shown && failure.value !== null && void load())
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

/** No answer, or that of a Wi-Fi which wants one to sign in first. */
function notTheServer({ kind, code }: KangbanError): boolean {
  return kind === 'offline' || code === 'ANSWER_UNREADABLE'
}

/** What is no KangbanError is a fault of this client, and is thrown on. */
export function asKangban(error: unknown): KangbanError {
  if (error instanceof KangbanError) return error
  throw error
}
