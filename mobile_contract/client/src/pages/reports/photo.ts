import type { Source } from '@kangban/sdk'
// #ifdef H5
import { fileOfBlob } from '@kangban/sdk'
// #endif
// #ifndef H5
import { fileOfPath } from '@kangban/sdk/uni'
// #endif

/** A photo from the camera or the album; null where the person changed their mind. */
export function choosePhoto(): Promise<Source | null> {
  return new Promise((resolve) => {
    uni.chooseImage({
      count: 1,
      sizeType: ['original'],
      success: (chosen) => resolve(source(chosen)),
      fail: () => resolve(null),
    })
  })
}

async function source(chosen: UniApp.ChooseImageSuccessCallbackResult): Promise<Source | null> {
  // #ifdef H5
  const [file] = chosen.tempFiles as File[]
  return file ? fileOfBlob(file, file.name) : null
  // #endif
  // #ifndef H5
  return fileAt(chosen.tempFilePaths[0])
  // #endif
}

// #ifndef H5
async function fileAt(path: string | undefined): Promise<Source | null> {
  return path ? fileOfPath(uni as never, path, path.split('/').pop() ?? 'report.jpg') : null
}
// #endif
