import type { Storage } from '../storage.js'
import type { UniStorageApi } from './api.js'

/** By `uni.getStorageSync` and its likes. */
export function uniStorage(uni: UniStorageApi): Storage {
  return {
    get: (name) => {
      const kept = uni.getStorageSync(name)
      return typeof kept === 'string' && kept !== '' ? kept : null
    },
    set: (name, text) => uni.setStorageSync(name, text),
    remove: (name) => uni.removeStorageSync(name),
  }
}
