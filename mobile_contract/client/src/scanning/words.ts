import { words } from '@/words'

export const t = words(
  {
    scan: '扫一扫',
    title: '扫二维码',
    aim: '把二维码放进画面里，拿稳就好。',
    camera: '摄像头看到的画面',
    noCamera: '这里用不了摄像头。可以拍一张二维码的照片，或者选一张有二维码的图片。',
    picture: '拍照，或选一张图片',
    nothing: '这张图里没有看到二维码，换一张清楚的试试。',
  },
  {
    scan: 'Scan a code',
    title: 'Scan a QR code',
    aim: 'Hold the code in the picture, and keep still.',
    camera: 'What the camera sees',
    noCamera: 'The camera cannot be used here. Take a photo of the code, or choose a picture of it.',
    picture: 'Take or choose a picture',
    nothing: 'There is no code in this picture; try a clearer one.',
  },
)
