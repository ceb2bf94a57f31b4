// The catalogue of errors as types, so that an app's switch over codes is checked.

export function source({ errors }) {
  const codes = errors.map(({ code }) => `  | '${code}'`).join('\n')
  const server = errors.filter(({ status }) => status >= 500).map(({ code }) => `'${code}'`)
  return `/** Every code of mobile_contract/errors.json when this was built. */
export type KnownCode =
${codes}

/** Those of status 500 and above: the server's own trouble. */
export const SERVER_CODES: readonly string[] = [${server.join(', ')}]
`
}
