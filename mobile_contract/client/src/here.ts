import { server } from '@/kangban'

/**
 * A signed address of the server as this device reaches it: in browsers the page's own server,
 * whatever name the server knows itself by.
 */
export function here(address: string): string {
  const path = address.replace(/^https?:\/\/[^/]+/, '')
  return `${server}${path}`
}
