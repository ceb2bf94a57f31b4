import { createSSRApp } from 'vue'
import App from './App.vue'
// #ifdef H5
import PageMissing from './components/PageMissing.vue'
// #endif
// #ifdef H5
import { startOfflineToo } from './offline'
import { askHomeAhead } from './pages/home/asked'
import { firstPage, residentId, session } from './stores/session'
// #endif

// #ifdef H5
const HOME = '/pages/home/home'

startOfflineToo()
// Straight to sign-in: the first page's code would be fetched for nothing.
if (session.account === null && location.hash.length <= 2) location.hash = '#/pages/sign-in/sign-in'
else if (residentId.value && firstPage.value === HOME && ['', '#/', `#${HOME}`].includes(location.hash)) askHomeAhead(residentId.value)
// #endif

export function createApp() {
  const app = createSSRApp(App)
  // #ifdef H5
  app.component('AsyncError', PageMissing) // uni-app's own is small, and leads nowhere
  // #endif
  return { app }
}
