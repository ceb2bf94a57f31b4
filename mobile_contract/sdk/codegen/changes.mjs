// What changed between two SDL files, told by GraphQL Inspector, as JSON: level (safe, careful,
// breaking), what, where, and until when the old one was announced to go.
//
//     node changes.mjs OLD NEW
import { readFileSync } from 'node:fs'
import { CriticalityLevel, DiffRule, diff } from '@graphql-inspector/core'
import { buildSchema, getNamedType, isEnumType, isInputObjectType } from 'graphql'

const LEVELS = {
  [CriticalityLevel.NonBreaking]: 'safe',
  [CriticalityLevel.Dangerous]: 'careful',
  [CriticalityLevel.Breaking]: 'breaking',
}
const UNTIL = /\buntil (\d{4}-\d{2}-\d{2})\b/

const [old, now] = process.argv.slice(2).map((path) => buildSchema(readFileSync(path, 'utf8')))
const found = await diff(old, now, [DiffRule.ignoreDescriptionChanges])
const told = found.map(({ criticality, message, path = '' }) => ({
  level: LEVELS[criticality.level],
  what: message,
  where: path,
  until: criticality.level === CriticalityLevel.Breaking ? announced(path) : null,
}))
console.log(JSON.stringify(told))

/** The date up to which the thing at this path of the old schema was promised. */
function announced(path) {
  const [typeName, member, argument] = path.split('.')
  const type = old.getType(typeName)
  if (type === undefined || type === null) return null
  if (member === undefined) return latest(uses(type))
  const field = isEnumType(type) ? type.getValue(member) : type.getFields?.()[member]
  const taken = field?.args?.find(({ name }) => name === argument)
  return date(taken) ?? date(field)
}

function date(thing) {
  return UNTIL.exec(thing?.deprecationReason ?? '')?.[1] ?? null
}

/** A type goes when all that leads to it may go: null as soon as one thing was not announced. */
function latest(things) {
  const dates = things.map(date)
  return dates.length > 0 && dates.every(Boolean) ? dates.sort().at(-1) : null
}

function uses(type) {
  const types = Object.values(old.getTypeMap()).filter((each) => each.getFields !== undefined)
  const fields = types.flatMap((each) => Object.values(each.getFields()).map((field) => [each, field]))
  return fields.flatMap(([owner, field]) => [
    ...(getNamedType(field.type) === type ? [field] : []),
    ...(isInputObjectType(owner) ? [] : field.args.filter((each) => getNamedType(each.type) === type)),
  ])
}
