import { words } from '@/words'

export const t = words(
  {
    title: '给您选的文章',
    why: '因为：{reason}',
    more: '找别的',
    search: '想看什么？比如“少盐”“散步”',
    find: '找',
    none: '没有找到。换个说法再试试。',
    CONDITION: '疾病', LAB: '看懂化验', RECIPE: '食谱', EXERCISE: '运动', MEDICATION: '用药',
    SAFETY: '安全', TCM: '中医养生', TEST: '在家测', LIFESTYLE: '生活',
  },
  {
    title: 'Chosen for you',
    why: '{reason}',
    more: 'Find others',
    search: 'What about? Such as “salt”, “walking”',
    find: 'Find',
    none: 'Nothing found. Try another word.',
    CONDITION: 'Illness', LAB: 'Lab results', RECIPE: 'Recipes', EXERCISE: 'Exercise', MEDICATION: 'Medicines',
    SAFETY: 'Safety', TCM: 'Chinese medicine', TEST: 'Home tests', LIFESTYLE: 'Daily life',
  },
)
