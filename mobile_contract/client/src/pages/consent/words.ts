import { words } from '@/words'

export const t = words(
  {
    title: '建立健康档案',
    titleChild: '给孩子建健康档案',
    introChild: '您是孩子的监护人，由您来看、来管。先填孩子的姓名和生日。孩子十四岁以后可以自己管。',
    kinship: '您是孩子的',
    createChild: '建立孩子的档案',
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
    titleChild: 'A record for a child',
    introChild: 'As the guardian you see and manage it. Name and birthday of the child first. From fourteen on it can be the child’s own.',
    kinship: 'You are the child’s',
    createChild: 'Open the child’s record',
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
