/** A fresh key, unique enough among one account's: 122 random bits as a UUID. */
export function newKey(): string {
  const made = (globalThis.crypto as Crypto | undefined)?.randomUUID?.()
  if (made !== undefined) return made
  // Mini-programs have no crypto object; uniqueness is asked for here, not secrecy.
  const digit = (mask: string): string => {
    const random = Math.floor(Math.random() * 16)
    return (mask === 'y' ? (random & 3) | 8 : random).toString(16)
  }
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, digit)
}

/** Variables whose input's key the SDK may make. */
export type Keyless<Variables> = Variables extends { readonly input: infer Input }
  ? Input extends { readonly idempotencyKey: string }
    ? Omit<Variables, 'input'> & {
        readonly input: Omit<Input, 'idempotencyKey'> & { readonly idempotencyKey?: string }
      }
    : Variables
  : Variables

/** The variables with a key in their input; one that is there already stays. */
export function withKey(variables: object, key: string): object {
  const input = 'input' in variables ? variables.input : null
  if (typeof input !== 'object' || input === null) return variables
  return { ...variables, input: { idempotencyKey: key, ...input } }
}
