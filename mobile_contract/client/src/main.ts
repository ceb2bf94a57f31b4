import { createSSRApp } from 'vue'
import App from './App.vue'
import { session } from './stores/session'

// #ifdef H5
// Straight to sign-in: the first page's code would be fetched for nothing.
if (session.account === null && location.hash.length <= 2) location.hash = '#/pages/sign-in/sign-in'
// #endif

export function createApp() {
  return { app: createSSRApp(App) }
}
