import { ref } from 'vue'
import { asKangban } from './query'

/** Sends one thing at a time. `refused` says why the last one was not taken. */
export function useSend() {
  const refused = ref('')
  const busy = ref(false)

  /** Whether it was taken. */
  async function send(ask: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    refused.value = ''
    try {
      await ask()
      return true
    } catch (error) {
      refused.value = asKangban(error).message
      return false
    } finally {
      busy.value = false
    }
  }

  return { refused, busy, send }
}
