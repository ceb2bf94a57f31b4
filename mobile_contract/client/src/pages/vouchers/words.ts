import { words } from '@/words'

export const t = words(
  {
    title: '我的兑换券',
    none: '还没有兑换券。',
    RESERVED: '可以用',
    REDEEMED: '用过了',
    LAPSED: '过期了，积分已经退回',
    CANCELLED: '取消了，积分已经退回',
    until: '请在 {at} 前用',
    show: '出示给店员扫',
    qr: '兑换券的二维码',
    code: '扫不出来时，念这串码',
    cancel: '不换了，退回积分',
  },
  {
    title: 'My vouchers',
    none: 'No vouchers yet.',
    RESERVED: 'Ready to use',
    REDEEMED: 'Used',
    LAPSED: 'Lapsed; the points are back',
    CANCELLED: 'Cancelled; the points are back',
    until: 'Use it by {at}',
    show: 'Show it at the counter',
    qr: 'The voucher as a QR code',
    code: 'If it does not scan, read this out',
    cancel: 'Give it back for the points',
  },
)
