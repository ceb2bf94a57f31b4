// A father's first day with the mini-program, against a server that runs. KANGBAN_MINI holds the
// folder of the build, the address in it, the server's, a code for wx.login, and a thermometer's photo with what it shows.
'use strict'

const assert = require('node:assert/strict')
const { simulator } = require('./simulator.js')

const { folder, own, server, code, photo } = JSON.parse(process.env.KANGBAN_MINI)
const AN_ADVERTISEMENT_COMES_AFTER_MS = 3_500 // uni-app's runtime waits three seconds

/** What Vue, uni-app and the pages complain of, and what nobody caught. */
const complaints = []
console.error = console.warn = (...said) => complaints.push(said.map(String).join(' '))
process.on('unhandledRejection', (error) => complaints.push(String(error?.stack ?? error)))

const settled = () => new Promise((done) => setTimeout(done, 60))

async function walk(phone) {
  const { wx, sees, tap, type } = phone
  const began = Date.now()
  await phone.launch()

  await sees('康伴')
  assert.equal(phone.route(), 'pages/sign-in/sign-in')
  await tap('用微信登录')
  await sees('建立健康档案')
  await tap('建立我的档案')
  await sees('请填好姓名、出生日期和性别，并同意第一项。')
  await type('姓名', '张建国')
  await type('出生日期，例如 1952-08-12', '19520812')
  await tap('男')
  await tap('我看过了，同意', { first: true })
  await tap('建立我的档案')
  await sees('张建国，')
  await sees('还没有测量')
  assert.equal(phone.route(), 'pages/home/home')

  await tap('记录')
  await tap('血压')
  for (const digit of '18699') await tap(`数字 ${digit}`)
  await tap('存好')
  await sees('记好了')
  await sees('186/99')
  await tap('回到今天')
  await sees('186/99')

  await tap('记录')
  await tap('拍仪器屏幕')
  await sees('看着对吗？')
  assert.equal(phone.route(), 'pages/record-value/record-value')
  await sees(photo.shown)
  await tap('存好')
  await sees('记好了')
  await sees(photo.shown)
  await tap('回到今天')

  await tap('问问')
  await type('想问什么？', '最近血压平均多少？')
  await tap('问')
  await sees('第一次用，请先看看')
  await tap('我看过了，同意')
  await sees('依据（')
  await sees('186')
  await type('想问什么？', '我胸口疼得厉害，喘不上气')
  await tap('问')
  await sees('请马上拨打 120')
  // The sentences come before the button that stands over them.
  await sees('马上打 120')
  await settled()
  await tap('马上打 120')
  assert.deepEqual(wx.called, ['120'])

  for (const page of phone.pages) {
    wx.reLaunch({ url: `/${page}` })
    await phone.until(page, () => phone.route() === page && phone.text() !== '')
    await settled()
  }
  assert.deepEqual(complaints, [])

  await new Promise((done) => setTimeout(done, began + AN_ADVERTISEMENT_COMES_AFTER_MS - Date.now()))
  assert.deepEqual(wx.outside, [])
}

walk(simulator(folder, { own, server }, { code, photo })).then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exit(1)
  },
)
