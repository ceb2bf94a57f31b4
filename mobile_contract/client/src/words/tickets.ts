import { words } from '.'

/** TicketUrgency, TicketReason, TicketState and TicketStage, as a doctor reads them. */
export const ticketWord = words(
  {
    ROUTINE: '普通',
    URGENT: '当天要答',
    EMERGENCY: '急症',
    ASKED: '居民提问',
    PLAN: '健康计划提出',
    DECLINED: '助手不宜回答',
    UNANSWERED: '助手没有把握',
    WAITING: '待答复',
    ASKED_BACK: '已反问，等居民回话',
    ANSWERED: '已答复',
    REFERRED: '已建议就诊',
    WITHDRAWN: '居民已撤回',
    DOCTOR: '签约医生',
    TEAM: '团队',
    DUTY: '值班医生',
  },
  {
    ROUTINE: 'Routine',
    URGENT: 'Today',
    EMERGENCY: 'Emergency',
    ASKED: 'Asked by the resident',
    PLAN: 'Raised by the care plan',
    DECLINED: 'Not for the assistant',
    UNANSWERED: 'Assistant unsure',
    WAITING: 'To be answered',
    ASKED_BACK: 'Waiting for the resident',
    ANSWERED: 'Answered',
    REFERRED: 'Referred',
    WITHDRAWN: 'Taken back',
    DOCTOR: 'Own doctor',
    TEAM: 'Team',
    DUTY: 'Doctor on duty',
  },
)

export type TicketWord = Parameters<typeof ticketWord>[0]
