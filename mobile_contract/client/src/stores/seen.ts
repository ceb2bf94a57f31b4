const INDEX = 'seen'
const MOST = 60

interface Seen {
  at: string
  data: unknown
}

/** What was seen stays on the device for the time without a network, the last 60 answers. */
export function remember(key: string, data: unknown): void {
  uni.setStorageSync(key, { at: new Date().toISOString(), data } satisfies Seen)
  const keys = [key, ...index().filter((known) => known !== key)]
  keys.slice(MOST).forEach((old) => uni.removeStorageSync(old))
  uni.setStorageSync(INDEX, keys.slice(0, MOST))
}

export function recall(key: string): Seen | null {
  const found: unknown = uni.getStorageSync(key)
  return typeof found === 'object' && found !== null ? (found as Seen) : null
}

/** Nothing of a person stays on the device after they signed out. */
export function forget(): void {
  index().forEach((key) => uni.removeStorageSync(key))
  uni.removeStorageSync(INDEX)
}

function index(): string[] {
  const found: unknown = uni.getStorageSync(INDEX)
  return Array.isArray(found) ? (found as string[]) : []
}
