import { reactive, watch } from 'vue'

/** An object that is kept on the device under `name`, over restarts. */
export function kept<T extends object>(name: string, initial: T): T {
  const stored: unknown = uni.getStorageSync(name)
  const known = typeof stored === 'object' && stored !== null ? stored : {}
  const state = reactive({ ...initial, ...known }) as T
  watch(state, (now) => uni.setStorageSync(name, JSON.parse(JSON.stringify(now))))
  return state
}
