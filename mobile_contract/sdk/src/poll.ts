import type { Query } from './document.js'

/** The last way to live updates: the same question again and again. */
export interface Poll<Item, Data, Variables> {
  readonly query: Query<Data, Variables>
  readonly variables: Variables
  /** Milliseconds between two looks. */
  readonly every: number
  /** The items in an answer, in the subscription's shape. */
  readonly pick: (data: Data) => readonly Item[]
}

/** Calls `onItem` with what was not there at the look before. Gives back what ends it. */
export function polling<Item>(
  look: () => Promise<readonly Item[]>,
  every: number,
  onItem: (item: Item) => void,
  onError: (error: unknown) => void,
): () => void {
  let seen: ReadonlySet<string> | null = null
  let ended = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const round = async (): Promise<void> => {
    try {
      const items = (await look()).map((item) => [JSON.stringify(item), item] as const)
      if (ended) return
      for (const [text, item] of items) if (seen !== null && !seen.has(text)) onItem(item)
      seen = new Set(items.map(([text]) => text))
    } catch (error) {
      if (!ended) onError(error)
    }
    if (!ended) timer = setTimeout(() => void round(), every)
  }
  void round()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
