import { words } from '.'

/** Section and EntrySource of the archive. */
export const sectionName = words(
  {
    CONDITION: '疾病', ALLERGY: '过敏', MEDICATION: '用药', IMMUNIZATION: '疫苗', PROCEDURE: '手术',
    FAMILY_HISTORY: '家族史', ENCOUNTER: '就诊', LIFESTYLE: '生活习惯', PREGNANCY: '怀孕', CHILD: '儿童',
    OBSERVATION: '化验', REPORT: '报告', DOCUMENT: '文件', QUESTIONNAIRE: '问卷', CARE_PLAN: '照护计划',
    GOAL: '目标',
  },
  {
    CONDITION: 'Illness', ALLERGY: 'Allergy', MEDICATION: 'Medicine', IMMUNIZATION: 'Vaccination',
    PROCEDURE: 'Operation', FAMILY_HISTORY: 'Family history', ENCOUNTER: 'Visit', LIFESTYLE: 'Lifestyle',
    PREGNANCY: 'Pregnancy', CHILD: 'Child', OBSERVATION: 'Lab result', REPORT: 'Report',
    DOCUMENT: 'Document', QUESTIONNAIRE: 'Questionnaire', CARE_PLAN: 'Care plan', GOAL: 'Goal',
  },
)

export type SectionName = Parameters<typeof sectionName>[0]
