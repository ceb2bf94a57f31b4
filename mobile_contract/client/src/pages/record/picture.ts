import { ref } from 'vue'
import type { PicturedReading, Source } from '@kangban/sdk'
// #ifdef H5
import { fileOfBlob } from '@kangban/sdk'
// #endif
// #ifndef H5
import { fileOfPath } from '@kangban/sdk/uni'
// #endif
import { kangban } from '@/kangban'
import { asKangban } from '@/stores/query'
import { residentId } from '@/stores/session'
import { ASKED, type RecordedKind } from './kinds'

/** A reading off a device's display, and the photo as it lies on this phone only. */
export interface Pictured {
  readonly reading: PicturedReading & { readonly kind: RecordedKind }
  readonly path: string
}

interface Photo {
  readonly source: Source
  readonly path: string
}

/** From the page that took the photo to the page that asks whether it is right. */
export const pictured = ref<Pictured | null>(null)

export function usePicture() {
  const reading = ref(false)
  const refused = ref('')

  /** Null where the person changed their mind or nothing could be read; `refused` says why. */
  async function take(kind?: RecordedKind): Promise<Pictured | null> {
    refused.value = ''
    const photo = await choose()
    if (photo === null || !residentId.value) return null
    reading.value = true
    try {
      const found = await kangban.readDisplay(residentId.value, photo.source, kind)
      return found.kind in ASKED ? { reading: found as Pictured['reading'], path: photo.path } : null
    } catch (error) {
      refused.value = asKangban(error).message
      return null
    } finally {
      reading.value = false
    }
  }

  return { reading, refused, take }
}

function choose(): Promise<Photo | null> {
  return new Promise((resolve) => {
    uni.chooseImage({
      count: 1,
      sizeType: ['original'],
      success: (chosen) => resolve(photoOf(chosen)),
      fail: () => resolve(null),
    })
  })
}

async function photoOf(chosen: UniApp.ChooseImageSuccessCallbackResult): Promise<Photo | null> {
  const path = chosen.tempFilePaths[0]
  const source = path === undefined ? null : await sourceOf(chosen, path)
  return source && path !== undefined ? { source, path } : null
}

async function sourceOf(
  chosen: UniApp.ChooseImageSuccessCallbackResult, path: string,
): Promise<Source | null> {
  // #ifdef H5
  const [file] = chosen.tempFiles as File[]
  return file ? fileOfBlob(file, path) : null
  // #endif
  // #ifndef H5
  return fileOfPath(uni as never, path, path.split('/').pop() ?? 'meter.jpg')
  // #endif
}
