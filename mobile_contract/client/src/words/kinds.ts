import { words } from '.'

/** What is measured, by MeasurementKind; Meal; AlertLevel. */
export const kindName = words(
  {
    BLOOD_PRESSURE: '血压',
    HEART_RATE: '心率',
    GLUCOSE: '血糖',
    WEIGHT: '体重',
    HEIGHT: '身高',
    BMI: '体质指数',
    WAIST: '腰围',
    SPO2: '血氧',
    TEMPERATURE: '体温',
    SLEEP: '睡眠',
    STEPS: '步数',
    EXERCISE: '运动',
    SYMPTOM: '不舒服',
    MOOD: '心情',
  },
  {
    BLOOD_PRESSURE: 'Blood pressure',
    HEART_RATE: 'Heart rate',
    GLUCOSE: 'Glucose',
    WEIGHT: 'Weight',
    HEIGHT: 'Height',
    BMI: 'BMI',
    WAIST: 'Waist',
    SPO2: 'Blood oxygen',
    TEMPERATURE: 'Temperature',
    SLEEP: 'Sleep',
    STEPS: 'Steps',
    EXERCISE: 'Exercise',
    SYMPTOM: 'Symptom',
    MOOD: 'Mood',
  },
)

export type KindName = Parameters<typeof kindName>[0]

export const mealName = words(
  { FASTING: '空腹', BEFORE_MEAL: '饭前', AFTER_MEAL: '饭后两小时', BEDTIME: '睡前', RANDOM: '其他时候' },
  { FASTING: 'Fasting', BEFORE_MEAL: 'Before a meal', AFTER_MEAL: '2 h after a meal', BEDTIME: 'Bedtime', RANDOM: 'Some other time' },
)

export type MealName = Parameters<typeof mealName>[0]

export const levelName = words(
  { NOTICE: '请留意', HIGH: '要联系医生', URGENT: '今天就要看医生', EMERGENCY: '马上打 120' },
  { NOTICE: 'Please note', HIGH: 'Contact your doctor', URGENT: 'See a doctor today', EMERGENCY: 'Call 120 now' },
)
