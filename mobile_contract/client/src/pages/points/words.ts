import { words } from '@/words'

export const t = words(
  {
    title: '积分',
    balance: '现在有',
    unit: '分',
    expiring: '{points} 分要在 {on} 前用掉',
    shop: '换东西',
    vouchers: '我的兑换券',
    tasks: '怎么攒积分',
    done: '✓ 今天做到了',
    each: '{points} 分',
    streak: '已经连续 {days} 天，目标 {goal} 天；这个月还能补 {freezes} 天',
    progress: '做到了 {progress}/{goal}',
    statement: '积分明细',
    none: '还没有积分。记一次测量就有了。',
  },
  {
    title: 'Points',
    balance: 'You have',
    unit: 'points',
    expiring: '{points} points are to be used by {on}',
    shop: 'Spend points',
    vouchers: 'My vouchers',
    tasks: 'How to earn points',
    done: '✓ Done today',
    each: '{points} points',
    streak: '{days} days in a row of {goal}; {freezes} days can be made good this month',
    progress: '{progress} of {goal}',
    statement: 'Statement',
    none: 'No points yet. Record a reading to begin.',
  },
)
