import { words } from '@/words'

export const t = words(
  {
    title: '健康档案',
    search: '找一找：病名、药名、化验项目',
    find: '找',
    found: '找到 {count} 条',
    nothing: '没有找到。换个说法再试试，比如“血糖”“青霉素”。',
    empty: '这一类还没有记录。',
    illness: '病和看病',
    medicine: '用药',
    results: '化验检查',
    readings: '测量',
    rest: '其他',
    clear: '不找了，看全部',
    next: '再看一些',
  },
  {
    title: 'Health record',
    search: 'Search: illness, medicine, lab test',
    find: 'Find',
    found: '{count} found',
    nothing: 'Nothing found. Try another word, such as “glucose”.',
    empty: 'Nothing recorded here yet.',
    illness: 'Illness, visits',
    medicine: 'Medicine',
    results: 'Results',
    readings: 'Readings',
    rest: 'Other',
    clear: 'Back to everything',
    next: 'Show more',
  },
)
