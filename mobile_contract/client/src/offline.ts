/** So late that a slow phone has its first screen before the rest of the client is fetched. */
const AFTER_MS = 3000

/** Has the client kept by the browser, so that it starts without a network (worker/worker.ts). */
export function startOfflineToo(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  addEventListener('load', () => setTimeout(register, AFTER_MS))
}

function register(): void {
  navigator.serviceWorker
    .register('/worker.js', { updateViaCache: 'none' })
    .catch((reason: unknown) => console.warn('starts with a network only:', reason))
}
