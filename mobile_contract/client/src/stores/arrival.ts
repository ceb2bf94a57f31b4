import { ref } from 'vue'

/** Pages that a scanned code opens, also before anybody is signed in. */
const BY_CODE = ['pages/accept/accept', 'pages/sign/sign']

/** Where somebody came to with a code; kept over signing in, until the page took it. */
export const arrival = ref<string | null>(null)

/** What was opened first: `query` holds the code. */
export function arrive(path: string | undefined, query: Record<string, unknown> | undefined): void {
  const code = query?.code
  if (path && BY_CODE.includes(path) && typeof code === 'string') {
    arrival.value = `/${path}?code=${encodeURIComponent(code)}`
  }
}

export function arrived(): void {
  arrival.value = null
}
