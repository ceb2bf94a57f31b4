// Types and trusted documents out of ../schema.graphql and ../operations, by GraphQL Code
// Generator. Each document is its name and the SHA-256 under which the server knows its text
// (mobile_contract/__init__.py): no text travels, neither in the app nor over the wire.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import * as operationTypes from '@graphql-codegen/typescript-operations'
import { Source, buildSchema, parse } from 'graphql'
import * as documents from './codegen/documents.mjs'
import * as errorCodes from './codegen/errors.mjs'
import { composed } from './codegen/composed.mjs'

const contract = new URL('../', import.meta.url)
const generated = new URL('./src/generated/', import.meta.url)
const read = (path) => readFileSync(new URL(path, contract), 'utf8')

function folder(path) {
  if (!existsSync(new URL(path, contract))) return new Map()
  const names = readdirSync(new URL(path, contract)).filter((name) => name.endsWith('.graphql'))
  return new Map(names.sort().map((name) => [name, read(path + name)]))
}

const schema = buildSchema(read('schema.graphql'))
const fragments = folder('operations/fragments/')
const texts = composed(folder('operations/'), fragments)
const sources = [...folder('operations/'), ...fragments]

const text = await codegen({
  filename: 'documents.ts',
  schemaAst: schema,
  schema: undefined,
  documents: sources.map(([location, source]) => ({ location, document: parse(new Source(source, location)) })),
  config: {
    enumType: 'string-literal',
    futureProofEnums: true,
    immutableTypes: true,
    arrayInputCoercion: false,
    disableDescriptions: false,
    useTypeImports: true,
    scalars: {
      ID: 'string',
      PartialDate: 'string',
      Date: 'string',
      DateTime: 'string',
    },
    strictScalars: true,
  },
  pluginMap: { types: operationTypes, documents },
  plugins: [{ types: {} }, { documents: { texts } }],
})

mkdirSync(generated, { recursive: true })
writeFileSync(new URL('documents.ts', generated), text)
writeFileSync(new URL('errors.ts', generated), errorCodes.source(JSON.parse(read('errors.json'))))
console.log(`${texts.size} operations`)
