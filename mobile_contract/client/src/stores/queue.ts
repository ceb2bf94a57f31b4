import { shallowRef, watch } from 'vue'
import type { QueueEntry } from '@kangban/sdk'
import { kangban } from '@/kangban'
import { online } from './network'

/** What was recorded and is not with the server yet. */
export const entries = shallowRef<readonly QueueEntry[]>([])

async function look(): Promise<void> {
  entries.value = await kangban.queue.entries()
}

kangban.queue.onChange(() => void look())
void look()

watch(online, (now) => {
  if (now) void kangban.queue.flush()
})
