export type { Answer, Named } from './calls.js'
export type { Clock } from './clock.js'
export type { Kind, Mutation, Query, Subscription, TypedDocument } from './document.js'
export { KangbanError, type Code, type ErrorKind, type LocalCode, type PlainError } from './errors.js'
export { fileOfBlob, type Source } from './files.js'
export type { KnownCode } from './generated/errors.js'
export { newKey, type Keyless } from './keys.js'
export {
  createKangban,
  type Kangban,
  type KangbanOptions,
  type Offline,
  type SubscribeOptions,
} from './kangban.js'
export type { SocketClass } from './live.js'
export type { PicturedReading, ShownValue } from './pictures.js'
export type { Poll } from './poll.js'
export type { Queue } from './queue.js'
export type { QueueEntry } from './queue_entry.js'
export { memoryStorage, webStorage, type Storage } from './storage.js'
export { fetchTransport, type HttpAnswer, type HttpRequest, type Transport } from './transport.js'
export type { PendingUpload, PendingUploads, Uploaded, UploadOptions } from './uploads.js'
