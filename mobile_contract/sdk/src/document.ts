export type Kind = 'query' | 'mutation' | 'subscription'

/** A registered operation: its hash names it to the server, the types are for the compiler only. */
export interface TypedDocument<K extends Kind, Data, Variables> {
  readonly kind: K
  readonly name: string
  /** SHA-256 of the text that the server registered. */
  readonly hash: string
  /** Its input has an idempotencyKey. */
  readonly keyed?: boolean
  readonly __types?: (variables: Variables) => Data
}

export type Query<Data, Variables> = TypedDocument<'query', Data, Variables>
export type Mutation<Data, Variables> = TypedDocument<'mutation', Data, Variables>
export type Subscription<Data, Variables> = TypedDocument<'subscription', Data, Variables>

/** What travels and what is stored: JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
