import { words } from '.'

/** The conditions that limits depend on, by their key. */
export const conditionName = words(
  { hypertension: '高血压', diabetes: '糖尿病', gestational_diabetes: '妊娠期糖尿病', copd: '慢阻肺', heart_failure: '心力衰竭' },
  { hypertension: 'Hypertension', diabetes: 'Diabetes', gestational_diabetes: 'Gestational diabetes', copd: 'COPD', heart_failure: 'Heart failure' },
)

export type ConditionName = Parameters<typeof conditionName>[0]
