import { words } from '@/words'

export const t = words(
  {
    title: '这一条是怎么来的',
    when: '时间',
    by: '谁记的',
    note: '备注',
    paper: '化验单上的原样',
    crop: '化验单上这一项的照片',
    whole: '看整张单子',
    gone: '找不到这一条，或者您没有权限看。',
    entered: '原来填的是 {value}',
    device: '用什么量的',
    trend: '看走势',
    error: '这一条已标为记错了',
  },
  {
    title: 'Where this comes from',
    when: 'When',
    by: 'Recorded by',
    note: 'Note',
    paper: 'As printed on the report',
    crop: 'Photo of this line of the report',
    whole: 'See the whole page',
    gone: 'This is not there, or you may not see it.',
    entered: 'Entered as {value}',
    device: 'Measured with',
    trend: 'See the trend',
    error: 'Marked as recorded by mistake',
  },
)
