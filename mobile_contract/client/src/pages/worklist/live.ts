import { onLoad, onUnload } from '@dcloudio/uni-app'
import { WorklistChangedDocument } from '@kangban/sdk/documents'
import { kangban } from '@/kangban'

/** Where no socket holds, the list is asked for so often. */
const LOOK_MS = 15_000
/** What changed after the list was answered and before the socket stood is asked for once. */
const STANDS_MS = 3_000

/** While the page is there, `changed` is called for each question that comes, is claimed or goes. */
export function useWorklistChanges(changed: () => void): void {
  let silence = (): void => undefined
  let looking: ReturnType<typeof setInterval> | undefined
  let once: ReturnType<typeof setTimeout> | undefined
  onLoad(() => {
    once = setTimeout(changed, STANDS_MS)
    silence = kangban.subscribe(
      WorklistChangedDocument,
      {},
      changed,
      ({ code }) => {
        if (code === 'NETWORK') looking ??= setInterval(changed, LOOK_MS)
      },
      { onReconnect: changed },
    )
  })
  onUnload(() => {
    silence()
    clearInterval(looking)
    clearTimeout(once)
  })
}
