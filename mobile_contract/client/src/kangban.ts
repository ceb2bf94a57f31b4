import { createKangban, type KangbanOptions } from '@kangban/sdk'
// #ifdef H5
import { fetchTransport, webStorage } from '@kangban/sdk'
// #endif
// #ifndef H5
import { uniSocket, uniStorage, uniTransport } from '@kangban/sdk/uni'
// #endif
import { RecordReadingDocument } from '@kangban/sdk/documents'
import { online } from '@/stores/network'
import { settings } from '@/stores/settings'
import { signedOut } from '@/stores/who'

/** In browsers the server shows this client itself; a mini-program names its server. */
export const server: string = import.meta.env.VITE_KANGBAN_SERVER ?? ''

type Device = Pick<KangbanOptions, 'transport' | 'socket' | 'storage'>

let device: Device
// #ifdef H5
device = {
  transport: fetchTransport(),
  socket: WebSocket,
  storage: webStorage(localStorage),
}
// #endif
// #ifndef H5
device = {
  transport: uniTransport(uni),
  socket: uniSocket(uni),
  storage: uniStorage(uni),
}
// #endif

export const kangban = createKangban({
  ...device,
  endpoint: server,
  locale: () => settings.language,
  online: () => online.value,
  offline: [RecordReadingDocument],
  onSignedOut: signedOut,
})
