import { ask, PhoneRefused, type PhoneWay } from './phone'

/** Of `api.js`, what is used here: https://developers.google.com/recaptcha/docs/invisible */
interface Recaptcha {
  ready(then: () => void): void
  render(place: HTMLElement, options: Record<string, unknown>): number
  execute(widget: number): void
}

const FAILED = 'CAPTCHA_CHECK_FAILED'

/** Google sends an SMS only for who brings this. Throws PhoneRefused. */
export async function personProof(way: PhoneWay): Promise<string> {
  const { recaptchaSiteKey } = await ask<{ recaptchaSiteKey: string }>(way, 'recaptchaParams', null)
  const recaptcha = await loaded(`${way.recaptcha}/recaptcha/api.js?render=explicit`)
  const place = document.body.appendChild(document.createElement('div'))
  const proof = new Promise<string>((resolve, reject) => {
    recaptcha.ready(() => {
      const widget = recaptcha.render(place, {
        sitekey: recaptchaSiteKey,
        size: 'invisible',
        callback: resolve,
        'error-callback': () => reject(new PhoneRefused(FAILED)),
      })
      recaptcha.execute(widget)
    })
  })
  return proof.finally(() => place.remove())
}

function loaded(address: string): Promise<Recaptcha> {
  const known = (): Recaptcha | undefined => (globalThis as { grecaptcha?: Recaptcha }).grecaptcha
  return new Promise((resolve, reject) => {
    const there = known()
    if (there) return resolve(there)
    const script = document.createElement('script')
    script.src = address
    script.onload = () => {
      const came = known()
      if (came) resolve(came)
      else reject(new PhoneRefused(FAILED))
    }
    script.onerror = () => reject(new PhoneRefused('NETWORK'))
    document.head.append(script)
  })
}
