// #ifdef H5
import type { QrReader } from './qr'

const EVERY_MS = 200

/**
 * Shows what the camera sees in `place` until `end` is called, and tells the first code in it.
 * Rejects where there is no camera, or none is allowed.
 */
export async function watchCamera(
  place: HTMLElement, read: QrReader, onCode: (text: string) => void,
): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  const video = document.createElement('video')
  video.className = 'seen'
  video.playsInline = true
  video.muted = true
  video.srcObject = stream
  place.append(video)
  let timer = 0
  let over = false
  const end = (): void => {
    over = true
    clearTimeout(timer)
    for (const track of stream.getTracks()) track.stop()
    video.remove()
  }
  const look = async (): Promise<void> => {
    const text = video.videoWidth > 0 ? await read(video).catch(() => null) : null
    if (over) return
    if (text === null) timer = window.setTimeout(() => void look(), EVERY_MS)
    else onCode(text)
  }
  await video.play()
  void look()
  return end
}
// #endif
