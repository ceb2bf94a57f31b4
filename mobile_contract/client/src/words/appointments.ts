import { words } from '.'

/** AppointmentKind, AppointmentState and why one was cancelled, as people say it. */
export const visitWord = words(
  {
    CHECK_UP: '体检',
    FOLLOW_UP: '看家庭医生（随访）',
    VACCINATION: '打疫苗',
    TCM_THERAPY: '中医理疗',
    WAITLIST: '在排队',
    PROPOSED: '给您留了位子，请点“我要”',
    BOOKED: '已约好',
    FULFILLED: '已经去过',
    NOSHOW: '没有去',
    CANCELLED: '已取消',
    BY_PERSON: '您取消了',
    BY_CLINIC: '医院取消了',
    OFFER_LAPSED: '留的位子过时了',
    NO_PLACE: '到最后也没有空位',
    REPLACED: '换到了别的时间',
  },
  {
    CHECK_UP: 'Check-up',
    FOLLOW_UP: 'Follow-up visit',
    VACCINATION: 'Vaccination',
    TCM_THERAPY: 'TCM therapy',
    WAITLIST: 'Waiting in line',
    PROPOSED: 'A place is kept for you: take it',
    BOOKED: 'Booked',
    FULFILLED: 'Visited',
    NOSHOW: 'Missed',
    CANCELLED: 'Cancelled',
    BY_PERSON: 'Cancelled by you',
    BY_CLINIC: 'Cancelled by the clinic',
    OFFER_LAPSED: 'The kept place ran out',
    NO_PLACE: 'No place came free',
    REPLACED: 'Moved to another time',
  },
)

export type VisitWord = Parameters<typeof visitWord>[0]

export const VISITS = ['FOLLOW_UP', 'CHECK_UP', 'VACCINATION', 'TCM_THERAPY'] as const
