// A plugin for GraphQL Code Generator: one constant an operation, with its hash instead of text.
import { createHash } from 'node:crypto'
import { getNamedType, typeFromAST } from 'graphql'

const KINDS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }

export function plugin(schema, documents, { texts }) {
  const lines = documents.flatMap(({ location, document }) =>
    document.definitions
      .filter((each) => each.kind === 'OperationDefinition')
      .map((each) => constant(schema, each, texts.get(location))),
  )
  return { prepend: ["import type { TypedDocument } from '../document.js'"], content: lines.join('\n') }
}

function constant(schema, operation, text) {
  const name = operation.name.value
  const type = `${name}${KINDS[operation.operation]}`
  const hash = createHash('sha256').update(text).digest('hex')
  const keyed = takesKey(schema, operation) ? ', keyed: true' : ''
  return (
    `export const ${name}Document: TypedDocument<'${operation.operation}', ${type}, ${type}Variables>` +
    ` = { kind: '${operation.operation}', name: '${name}', hash: '${hash}'${keyed} }`
  )
}

/** Whether its $input has an idempotencyKey. */
function takesKey(schema, operation) {
  const input = operation.variableDefinitions?.find((each) => each.variable.name.value === 'input')
  const type = input && getNamedType(typeFromAST(schema, input.type))
  return Boolean(type?.getFields?.().idempotencyKey)
}
