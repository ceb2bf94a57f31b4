import { words } from '@/words'

export const t = words(
  {
    edit: '医生调整',
    days: '{name}：每周几天',
    day: '{days} 天',
    step: '加一项要做的',
    stepHint: '比如：晚饭后走 20 分钟',
    aWeek: '每周几次',
    note: '为什么调整（居民看得到）',
    save: '存好调整',
    saved: '调整已经生效。',
  },
  {
    edit: 'The doctor’s changes',
    days: '{name}: days a week',
    day: '{days} days',
    step: 'Add something to do',
    stepHint: 'Such as: walk 20 minutes after supper',
    aWeek: 'Times a week',
    note: 'Why (the resident sees it)',
    save: 'Save the changes',
    saved: 'The changes are in force.',
  },
)
