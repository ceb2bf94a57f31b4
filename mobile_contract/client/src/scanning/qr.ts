// #ifdef H5
/** What a picture holds as a QR code; null where there is none. */
export type QrReader = (picture: HTMLVideoElement | ImageBitmap) => Promise<string | null>

interface Detector {
  detect(picture: HTMLVideoElement | ImageBitmap): Promise<{ rawValue: string }[]>
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

/** jsQR's time grows with the pixels, and a code that fills a third of these is read. */
const LONGEST_SIDE = 1000

/** The browser's own reader where it has one; else jsQR, fetched when it is first needed. */
export async function qrReader(): Promise<QrReader> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass }
  if (BarcodeDetector && (await BarcodeDetector.getSupportedFormats()).includes('qr_code')) {
    const detector = new BarcodeDetector({ formats: ['qr_code'] })
    return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null
  }
  const { default: jsQR } = await import('jsqr')
  return async (picture) => {
    const { data, width, height } = pixels(picture)
    return jsQR(data, width, height)?.data || null
  }
}

function pixels(picture: HTMLVideoElement | ImageBitmap): ImageData {
  const [wide, high] =
    'videoWidth' in picture ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height]
  const scale = Math.min(1, LONGEST_SIDE / Math.max(wide, high))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(wide * scale))
  canvas.height = Math.max(1, Math.round(high * scale))
  const context = canvas.getContext('2d')!
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}
// #endif
