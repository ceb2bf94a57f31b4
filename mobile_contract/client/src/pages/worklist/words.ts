import { words } from '@/words'

export const t = words(
  {
    title: '待办',
    none: '没有等着您答复的问题。',
    due: '{at} 前答复',
    overdue: '已过时限（{at}）',
    mine: '我已接手',
    taken: '同事已接手',
    evidence: '依据 {count} 条',
    all: '全部 {count}',
    overdueOnly: '过时限 {count}',
    mineOnly: '我接手的 {count}',
    summary: '{name}，{urgency}：{question}',
  },
  {
    title: 'Worklist',
    none: 'No question waits for you.',
    due: 'answer by {at}',
    overdue: 'overdue since {at}',
    mine: 'Claimed by me',
    taken: 'Claimed by a colleague',
    evidence: '{count} pieces of evidence',
    all: 'All {count}',
    overdueOnly: 'Overdue {count}',
    mineOnly: 'Mine {count}',
    summary: '{name}, {urgency}: {question}',
  },
)
