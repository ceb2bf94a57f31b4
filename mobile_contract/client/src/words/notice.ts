import { words } from '.'

/** Around a notice about the use of one's data. */
export const notice = words(
  {
    must: '必须同意才能建立档案',
    may: '可以不同意，以后随时能改',
    covers: '会用到：',
    stops: '收回同意后：',
    abroad: '资料会离开中国大陆。',
    agree: '我看过了，同意',
    agreed: '✓ 已同意',
    read: '看全文',
  },
  {
    must: 'Needed to open a record',
    may: 'Your choice; can be changed at any time',
    covers: 'It covers:',
    stops: 'When withdrawn:',
    abroad: 'Data leaves mainland China.',
    agree: 'I have read this and agree',
    agreed: '✓ Agreed',
    read: 'Read all of it',
  },
)
