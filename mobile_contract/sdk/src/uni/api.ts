/**
 * The part of `uni` (or of `wx`, which has the same shapes) that is used here. Written as
 * methods, so that the whole of either fits.
 */
export interface UniRequestApi {
  request(options: {
    url: string
    method?: 'GET' | 'HEAD' | 'POST' | 'DELETE'
    header?: Record<string, string>
    data?: string | ArrayBuffer
    timeout?: number
    dataType?: string
    responseType?: string
    success?(result: { data: unknown; statusCode: number; header: unknown }): void
    fail?(error: { errMsg?: string }): void
  }): unknown
}

export interface UniStorageApi {
  getStorageSync(key: string): unknown
  setStorageSync(key: string, data: string): void
  removeStorageSync(key: string): void
}

export interface UniSocketTask {
  send(options: { data: string; fail?(error: unknown): void }): void
  close(options: { code?: number; reason?: string }): void
  onOpen(listener: () => void): void
  onMessage(listener: (message: { data: string | ArrayBuffer }) => void): void
  onClose(listener: (event: { code?: number; reason?: string }) => void): void
  onError(listener: (error: unknown) => void): void
}

export interface UniSocketApi {
  connectSocket(options: {
    url: string
    protocols?: string[]
    complete?(): void
    fail?(error: unknown): void
  }): unknown
}

export interface UniFileApi {
  getFileSystemManager(): {
    readFile(options: {
      filePath: string
      position?: number
      length?: number
      success?(result: { data: string | ArrayBuffer }): void
      fail?(error: { errMsg?: string }): void
    }): void
    getFileInfo(options: {
      filePath: string
      success?(result: { size: number }): void
      fail?(error: { errMsg?: string }): void
    }): void
  }
}
