import { onUnmounted, ref } from 'vue'
import { AlertsDocument, WithdrawReadingDocument, type AlertsQuery, type RecordReadingMutation } from '@kangban/sdk/documents'
import { kangban } from '@/kangban'
import { asKangban } from '@/stores/query'
import { residentId } from '@/stores/session'

export type Saved = RecordReadingMutation['recordReading']['reading']
type Resident = NonNullable<AlertsQuery['resident']>
export type Alert = NonNullable<Resident['alerts']>['edges'][number]['node']

/** An alert comes a moment after its reading. */
const LOOK_AFTER = [400, 1500, 4000]

/** What the reading just saved has set off, and taking it out again. */
export function useSaved(saved: () => Saved | null) {
  const alerts = ref<Alert[]>([])
  const gone = ref(false)
  const refused = ref('')

  async function look(): Promise<void> {
    const reading = saved()
    if (!reading || !residentId.value || gone.value) return
    try {
      const { data } = await kangban.query(AlertsDocument, { residentId: residentId.value })
      const open = data.resident?.alerts?.edges.map(({ node }) => node) ?? []
      alerts.value = open.filter(({ kind, at }) => kind === reading.kind && Date.parse(at) >= Date.parse(reading.at))
    } catch (error) {
      // The reading is saved all the same; home shows its alerts.
      asKangban(error)
    }
  }

  async function withdraw(): Promise<void> {
    const reading = saved()
    if (!reading || gone.value) return
    refused.value = ''
    try {
      await kangban.mutate(WithdrawReadingDocument, { input: { id: reading.id, version: reading.version } })
      gone.value = true
      alerts.value = []
    } catch (error) {
      refused.value = asKangban(error).message
    }
  }

  const timers = LOOK_AFTER.map((after) => setTimeout(() => void look(), after))
  onUnmounted(() => timers.forEach(clearTimeout))

  return { alerts, gone, refused, look, withdraw }
}
