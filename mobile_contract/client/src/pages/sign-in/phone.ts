import { settings } from '@/stores/settings'
import { personProof } from './recaptcha'

/** Google's Identity Toolkit, as the server names it: sign-in by a code in an SMS. */
export interface PhoneWay {
  readonly address: string
  readonly key: string
  /** Whose reCAPTCHA proves that a person asks; null where none is wanted. */
  readonly recaptcha: string | null
}

/** A refusal of Google's, by its code: INVALID_CODE, TOO_MANY_ATTEMPTS_TRY_LATER … */
export class PhoneRefused extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

/** Sends an SMS; what is given back belongs to its code. Throws PhoneRefused. */
export async function sendCode(way: PhoneWay, phone: string): Promise<string> {
  const recaptchaToken = way.recaptcha === null ? undefined : await personProof(way)
  const asked = { phoneNumber: international(phone), recaptchaToken }
  return (await ask<{ sessionInfo: string }>(way, 'accounts:sendVerificationCode', asked)).sessionInfo
}

/** A Firebase ID token. Throws PhoneRefused. */
export async function tokenFor(way: PhoneWay, sessionInfo: string, code: string): Promise<string> {
  const asked = { sessionInfo, code }
  return (await ask<{ idToken: string }>(way, 'accounts:signInWithPhoneNumber', asked)).idToken
}

/** `body` of null: only looked up. */
export async function ask<Answer>(way: PhoneWay, method: string, body: object | null): Promise<Answer> {
  const url = `${way.address}/v1/${method}?key=${encodeURIComponent(way.key)}`
  const headers = { 'content-type': 'application/json', 'x-firebase-locale': settings.language }
  let heard: Answer & { error?: { message: string } }
  try {
    const sent = body && { method: 'POST', headers, body: JSON.stringify(body) }
    heard = await (await fetch(url, sent ?? {})).json()
  } catch {
    throw new PhoneRefused('NETWORK')
  }
  if (heard.error) throw new PhoneRefused(heard.error.message.split(' ')[0] ?? '')
  return heard
}

/** As +8613800138000; without a country, of mainland China. */
function international(phone: string): string {
  const plain = phone.replace(/[\s()-]/g, '').replace(/^00/, '+')
  return plain.startsWith('+') ? plain : `+86${plain}`
}
