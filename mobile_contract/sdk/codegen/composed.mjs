// The text under which the server registers an operation: its file, then each shared fragment
// that it uses, directly or through another, in the order of their names. The same rule stands
// in mobile_contract/__init__.py; a test compares the hashes.

const SPREAD = /\.\.\.\s*(?!on\b)(\w+)/g

export const snake = (name) =>
  name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase() + '.graphql'

/** Map of file name to whole text. */
export function composed(operations, fragments) {
  return new Map([...operations].map(([name, text]) => [name, text + used(text, fragments)]))
}

function used(text, fragments) {
  const found = new Map()
  const waiting = [text]
  while (waiting.length > 0) {
    for (const [, name] of waiting.pop().matchAll(SPREAD)) {
      const file = snake(name)
      if (found.has(file) || !fragments.has(file)) continue
      found.set(file, fragments.get(file))
      waiting.push(fragments.get(file))
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, body]) => '\n' + body).join('')
}
