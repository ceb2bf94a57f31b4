import type { Query } from '@kangban/sdk'
import { kangban } from '@/kangban'

type Answer<Data> = ReturnType<typeof kangban.query<Data, object>>

const FRESH_MS = 10_000

const asked = new Map<string, Promise<unknown>>()

function keyOf(document: Query<unknown, never>, variables: object): string {
  return `${document.name}:${JSON.stringify(variables)}`
}

/** Asks before the page is there that shows it: on a slow phone that saves the page's own time. */
export function askAhead<Data, Variables extends object>(
  document: Query<Data, Variables>, variables: Variables,
): void {
  const answer = kangban.query(document, variables)
  answer.catch(() => undefined) // whoever takes it is told
  const key = keyOf(document, variables)
  asked.set(key, answer)
  setTimeout(() => asked.delete(key), FRESH_MS) // a page that opens later asks anew
}

/** What was asked ahead, once; else asks now. */
export function ask<Data, Variables extends object>(
  document: Query<Data, Variables>, variables: Variables,
): Answer<Data> {
  const key = keyOf(document, variables)
  const answer = asked.get(key) as Answer<Data> | undefined
  asked.delete(key)
  return answer ?? kangban.query(document, variables)
}
