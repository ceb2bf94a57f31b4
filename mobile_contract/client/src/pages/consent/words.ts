import { words } from '@/words'

export const t = words(
  {
    title: '建立健康档案',
    intro: '先填几项，再看一下我们怎样使用和保护您的资料。',
    name: '姓名',
    born: '出生日期，例如 1952-08-12',
    sex: '性别',
    MALE: '男',
    FEMALE: '女',
    create: '建立我的档案',
    incomplete: '请填好姓名和出生日期，并同意第一项。',
  },
  {
    title: 'Open your health record',
    intro: 'A few details first; then how we use and protect them.',
    name: 'Name',
    born: 'Date of birth, such as 1952-08-12',
    sex: 'Sex',
    MALE: 'Male',
    FEMALE: 'Female',
    create: 'Open my record',
    incomplete: 'Please give name and date of birth, and agree to the first item.',
  },
)
