import { words } from '@/words'

export const t = words(
  {
    title: '预约',
    book: '预约一个时间',
    open: '约好的',
    past: '以前的',
    none: '现在没有约好的。',
    line: '前面还有 {count} 位',
    firstInLine: '您排在第一位',
    keep: '给您留到 {at}',
    label: '{kind}，{day} {time}，{place}',
  },
  {
    title: 'Appointments',
    book: 'Book a time',
    open: 'To come',
    past: 'Earlier',
    none: 'Nothing booked.',
    line: '{count} before you',
    firstInLine: 'You are first in line',
    keep: 'Kept until {at}',
    label: '{kind}, {day} {time}, {place}',
  },
)
