import { words } from '@/words'

export const t = words(
  {
    title: '签约居民',
    none: '没有符合条件的居民。',
    everybody: '全部',
    withOpenAlerts: '有警示',
    withOverdueReadings: '测量到期',
    noContact: '三个月没联系',
    count: '{level} {count}',
    plan: '{title}（{stage}）',
    paused: '停着',
    quiet: '没有要处理的警示',
    newest: '{at}：{reason}',
  },
  {
    title: 'Residents',
    none: 'Nobody fits.',
    everybody: 'All',
    withOpenAlerts: 'With alerts',
    withOverdueReadings: 'Readings overdue',
    noContact: 'No contact for 3 months',
    count: '{level} {count}',
    plan: '{title} ({stage})',
    paused: 'paused',
    quiet: 'No open alerts',
    newest: '{at}: {reason}',
  },
)
