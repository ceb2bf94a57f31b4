import { ref } from 'vue'

export const online = ref(true)

export function watchNetwork(): void {
  // uni-app hears a browser's change of kind (Wi-Fi to mobile), and not that it went away.
  // #ifdef H5
  online.value = navigator.onLine
  addEventListener('online', () => (online.value = true))
  addEventListener('offline', () => (online.value = false))
  // #endif
  // #ifndef H5
  uni.getNetworkType({ success: ({ networkType }) => (online.value = networkType !== 'none') })
  uni.onNetworkStatusChange(({ isConnected }) => (online.value = isConnected))
  // #endif
}
