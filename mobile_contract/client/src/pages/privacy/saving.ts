/** A file of the server's on this device: kept by the browser, or opened in the mini-program. */
export function save(address: string): void {
  // #ifdef H5
  window.location.assign(address)
  // #endif
  // #ifndef H5
  uni.downloadFile({
    url: address,
    success: ({ tempFilePath }) => void uni.shareFileMessage({ filePath: tempFilePath }),
  })
  // #endif
}
