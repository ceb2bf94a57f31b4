import { KangbanError, localError, type Code } from './errors.js'
import { Shelf, type Storage } from './storage.js'

export interface StoredSession {
  readonly account: string
  readonly accessToken: string
  readonly refreshToken: string | null
}

export interface NewTokens {
  readonly accessToken: string
  readonly refreshToken: string | null
}

export type Renew = (refreshToken: string) => Promise<NewTokens>

/** The signed-in account's tokens; renewed once for however many calls wait. */
export class Session {
  private readonly shelf: Shelf<StoredSession | null>
  private renewing: Promise<string> | null = null
  /** Whose end this app knows of: its token; null after signing out; undefined while signed in. */
  private told: string | null | undefined

  constructor(
    storage: Storage,
    private readonly renew: Renew,
    private readonly onSignedOut: (error: KangbanError) => void,
    private readonly locale: () => string,
  ) {
    this.shelf = new Shelf<StoredSession | null>(storage, 'kangban.session', null)
  }

  current(): Promise<StoredSession | null> {
    return this.shelf.read()
  }

  async begin(session: StoredSession): Promise<void> {
    await this.shelf.write(session)
    this.told = undefined
  }

  /** Signed out by the person: nobody needs to be told. */
  clear(): Promise<void> {
    this.told = null
    return this.shelf.clear()
  }

  /** A token in place of `expired`. Throws what refuses it; that ends the session here. */
  renewed(expired: string): Promise<string> {
    this.renewing ??= this.shelf
      .alone(() => this.renewAlone(expired), 'renew')
      .finally(() => (this.renewing = null))
    return this.renewing
  }

  /**
   * The server no longer knows the session whose token was `token`; null: a call was made without
   * one, because the tokens are gone from the storage or another tab signed out.
   */
  async lost(token: string | null, error: KangbanError): Promise<void> {
    const stored = await this.shelf.read()
    const known = token === null ? this.told !== undefined : this.told === token
    if ((stored?.accessToken ?? null) !== token || known) return
    this.told = token
    await this.shelf.clear()
    this.onSignedOut(error)
  }

  private async renewAlone(expired: string): Promise<string> {
    const stored = await this.shelf.read()
    if (stored === null) throw await this.ended(null, 'TOKEN_MISSING')
    if (stored.accessToken !== expired) return stored.accessToken // another tab was first
    if (stored.refreshToken === null) throw await this.ended(expired, 'TOKEN_EXPIRED')
    try {
      const tokens = await this.renew(stored.refreshToken)
      await this.shelf.write({ ...stored, ...tokens })
      return tokens.accessToken
    } catch (error) {
      if (error instanceof KangbanError && error.kind === 'signedOut') {
        await this.lost(expired, error)
      }
      throw error instanceof KangbanError ? error : localError('NETWORK', this.locale())
    }
  }

  private async ended(token: string | null, code: Code): Promise<KangbanError> {
    const words = this.locale().startsWith('en') ? 'Please sign in.' : '请先登录。'
    const error = new KangbanError(code, words)
    await this.lost(token, error)
    return error
  }
}
