// The catalogue of errors as types, so that an app's switch over codes is checked.

export function source({ errors }) {
  const codes = errors.map(({ code }) => `  | '${code}'`).join('\n')
  return `/** Every code of mobile_contract/errors.json when this was built. */\nexport type KnownCode =\n${codes}\n`
}
