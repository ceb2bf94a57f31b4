// A plugin for GraphQL Code Generator: one constant an operation, with its hash instead of text.
import { createHash } from 'node:crypto'

const KINDS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }

export function plugin(_schema, documents, { texts }) {
  const lines = documents.flatMap(({ location, document }) =>
    document.definitions
      .filter((each) => each.kind === 'OperationDefinition')
      .map((each) => constant(each, texts.get(location))),
  )
  return { prepend: ["import type { TypedDocument } from '../document.js'"], content: lines.join('\n') }
}

function constant(operation, text) {
  const name = operation.name.value
  const type = `${name}${KINDS[operation.operation]}`
  const hash = createHash('sha256').update(text).digest('hex')
  return (
    `export const ${name}Document: TypedDocument<'${operation.operation}', ${type}, ${type}Variables>` +
    ` = { kind: '${operation.operation}', name: '${name}', hash: '${hash}' }`
  )
}
