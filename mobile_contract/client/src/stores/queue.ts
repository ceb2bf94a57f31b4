import { ref, shallowRef, watch } from 'vue'
import type { QueueEntry } from '@kangban/sdk'
import { kangban } from '@/kangban'
import { online } from './network'

/** What was recorded and is not with the server yet. */
export const entries = shallowRef<readonly QueueEntry[]>([])

/** Goes up when something that had waited for the network has left the queue. */
export const caughtUp = ref(0)

async function look(): Promise<void> {
  const before = entries.value
  entries.value = await kangban.queue.entries()
  const waited = before.some(({ error }) => error !== null)
  if (waited && entries.value.length < before.length) caughtUp.value += 1
}

kangban.queue.onChange(() => void look())
void look()

watch(online, (now) => {
  if (now) void kangban.queue.flush()
})
