import { words } from '@/words'

export const t = words(
  {
    title: '我的',
    reminders: '提醒：吃药、测量、复查',
    reports: '化验单和检查报告',
    settings: '字号、颜色、语言',
    signOut: '退出登录',
  },
  {
    title: 'Me',
    reminders: 'Reminders: medicine, readings, check-ups',
    reports: 'Lab and check-up reports',
    settings: 'Text size, contrast, language',
    signOut: 'Sign out',
  },
)
