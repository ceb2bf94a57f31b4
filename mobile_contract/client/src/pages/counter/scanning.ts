/** Browsers have no scanner of their own; there a hand scanner types. */
export let scans = false
// #ifndef H5
scans = true
// #endif

/** What the camera read; nothing where the person closed it. */
export function scan(): Promise<string | null> {
  return new Promise((resolve) => {
    uni.scanCode({ success: ({ result }) => resolve(result), fail: () => resolve(null) })
  })
}
