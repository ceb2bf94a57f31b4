import { words } from '.'
import { listed } from './lists'

/** Category, as a person grants it. */
export const categoryName = words(
  {
    PROFILE: '姓名和联系方式',
    READINGS: '测量',
    CONDITIONS: '疾病和就诊',
    MEDICATIONS: '用药',
    REPORTS: '化验和检查报告',
    MENTAL_HEALTH: '心理健康',
    REPRODUCTIVE_HEALTH: '生育健康',
    CHAT: '和助手的对话',
    POINTS: '积分',
  },
  {
    PROFILE: 'Name and contact',
    READINGS: 'Readings',
    CONDITIONS: 'Illness and visits',
    MEDICATIONS: 'Medicines',
    REPORTS: 'Lab and check-up reports',
    MENTAL_HEALTH: 'Mental health',
    REPRODUCTIVE_HEALTH: 'Reproductive health',
    CHAT: 'Chats with the assistant',
    POINTS: 'Points',
  },
)

export type CategoryName = Parameters<typeof categoryName>[0]

/** AccessRight. */
export const rightName = words(
  { VIEW: '看', RECORD: '帮忙记录', MANAGE: '帮忙管理', RECEIVE_ALERTS: '收到警示' },
  { VIEW: 'Look', RECORD: 'Record', MANAGE: 'Manage', RECEIVE_ALERTS: 'Get alerts' },
)

export type RightName = Parameters<typeof rightName>[0]

/** Kinship: who the other is to the resident. */
export const kinshipName = words(
  {
    DAUGHTER: '女儿', SON: '儿子', SPOUSE: '老伴', MOTHER: '母亲', FATHER: '父亲', SIBLING: '兄弟姐妹',
    GRANDCHILD: '孙辈', GRANDPARENT: '祖辈', DAUGHTER_IN_LAW: '儿媳', SON_IN_LAW: '女婿', OTHER: '其他亲友',
  },
  {
    DAUGHTER: 'Daughter', SON: 'Son', SPOUSE: 'Spouse', MOTHER: 'Mother', FATHER: 'Father',
    SIBLING: 'Sibling', GRANDCHILD: 'Grandchild', GRANDPARENT: 'Grandparent',
    DAUGHTER_IN_LAW: 'Daughter-in-law', SON_IN_LAW: 'Son-in-law', OTHER: 'Somebody else',
  },
)

export type KinshipName = Parameters<typeof kinshipName>[0]

export const CATEGORIES = [
  'READINGS', 'CONDITIONS', 'MEDICATIONS', 'REPORTS', 'PROFILE', 'MENTAL_HEALTH', 'REPRODUCTIVE_HEALTH', 'CHAT', 'POINTS',
] as const satisfies readonly CategoryName[]

export const RIGHTS = ['VIEW', 'RECORD', 'MANAGE', 'RECEIVE_ALERTS'] as const satisfies readonly RightName[]

export const KINSHIPS = [
  'DAUGHTER', 'SON', 'SPOUSE', 'DAUGHTER_IN_LAW', 'SON_IN_LAW', 'GRANDCHILD', 'SIBLING', 'OTHER',
] as const satisfies readonly KinshipName[]

/** In the order in which people think of them. */
export function categoriesText(categories: readonly string[]): string {
  return listed(CATEGORIES.filter((each) => categories.includes(each)).map((each) => categoryName(each)))
}

export function rightsText(rights: readonly string[]): string {
  return listed(RIGHTS.filter((each) => rights.includes(each)).map((each) => rightName(each)))
}
