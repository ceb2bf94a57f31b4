/** What one also needs where there is no network: recording, and looking at what was seen. */
const PAGES = [
  () => import('../record/record.vue'),
  () => import('../record-value/record-value.vue'),
  () => import('../waiting/waiting.vue'),
  () => import('../trend/trend.vue'),
  () => import('../archive/archive.vue'),
  () => import('../evidence/evidence.vue'),
  () => import('../mine/mine.vue'),
  () => import('../ask/ask.vue'),
  () => import('../reminders/reminders.vue'),
  () => import('../plans/plans.vue'),
  () => import('../plan/plan.vue'),
  () => import('../settings/settings.vue'),
]
const LATER_MS = 4_000

let begun = false

/** Their code, one after another, when home has long been painted; as far as the network goes. */
export function fetchPages(): void {
  if (begun) return
  begun = true
  setTimeout(() => void fetchAll(), LATER_MS)
}

async function fetchAll(): Promise<void> {
  for (const page of PAGES) {
    // What fails once would fail until the document is a new one.
    if (!navigator.onLine) return
    try {
      await page()
    } catch {
      return
    }
  }
}
