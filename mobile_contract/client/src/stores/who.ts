import type { Role } from '@kangban/sdk/documents'
import { kept } from './kept'
import { forget } from './seen'

export interface Person {
  readonly id: string
  readonly name: string
  readonly relation: string
}

interface Session {
  account: string | null
  name: string | null
  roles: readonly Role[]
  people: readonly Person[]
  /** Whose record is shown. */
  chosen: string | null
}

const NOBODY: Session = { account: null, name: null, roles: [], people: [], chosen: null }

export const session = kept<Session>('session', NOBODY)

/** By the person, or by the server: nothing of theirs stays, and one signs in anew. */
export function signedOut(): void {
  forget()
  Object.assign(session, NOBODY)
  void uni.reLaunch({ url: '/pages/sign-in/sign-in' })
}
