// Every word of the page, in Chinese and English.

const WORDS = {
  title: ["分享的健康档案", "Shared health record"],
  print: ["打印", "Print"],
  download: ["下载 FHIR", "Download FHIR"],
  before: ["内容已加密，只在您的浏览器里解开。每次打开都会告知分享的人。",
    "The content is encrypted and is opened in your browser only. Whoever shared it is told of every opening."],
  recipient: ["您的单位或姓名", "Your institution or name"],
  pin: ["密码", "PIN"],
  open: ["打开", "Open"],
  opening: ["正在打开…", "Opening…"],
  gone: ["这个链接已失效。请联系分享的人重新生成。",
    "This link is no longer valid. Ask whoever shared it for a new one."],
  broken: ["链接不完整或内容已损坏，请重新扫码或完整复制链接。",
    "The link is incomplete or its content is damaged; scan or copy the whole link again."],
  elsewhere: ["这个链接不是本站的，请用发出它的网站打开。",
    "This link belongs to another site; open it there."],
  insecure: ["请用 https 打开本页，浏览器才能解密。",
    "Open this page over https: only then can the browser decrypt."],
  pinNeeded: ["请输入密码。", "Enter the PIN."],
  pinWrong: ["密码不对，还可以试 {left} 次。", "Wrong PIN; {left} tries are left."],
  network: ["连不上服务器，请稍后再试。", "The server cannot be reached; try again later."],
  asOf: ["分享时的内容，截至 {at}。本页只读。", "As it was when it was shared, {at}. Read only."],
  male: ["男", "male"], female: ["女", "female"], other: ["其他", "other"],
  years: ["{n} 岁", "{n} years"], born: ["{at} 出生", "born {at}"],
  problems: ["诊断与问题", "Problems"], past: ["既往", "past"],
  allergies: ["过敏", "Allergies"], medications: ["用药", "Medications"],
  readings: ["家庭测量", "Home readings"], labs: ["检验结果", "Test results"],
  reports: ["报告", "Reports"], more: ["其他记录", "Other entries"],
  nothing: ["没有分享内容。", "Nothing was shared."],
  since: ["{at} 起", "since {at}"], until: ["至 {at}", "until {at}"],
  high: ["高危", "high risk"], low: ["低危", "low risk"], "unable-to-assess": ["", ""],
  item: ["项目", "Item"], latest: ["最近一次", "Latest"], when: ["时间", "When"],
  times: ["次数", "Count"], result: ["结果", "Result"], range: ["参考范围", "Range"],
  before_: ["上一次", "Before"], drug: ["药品", "Drug"], dose: ["用法", "Dose"],
  daily: ["每日平均，{from} 至 {to}，{unit}", "Daily means, {from} to {to}, {unit}"],
  H: ["偏高", "high"], L: ["偏低", "low"], HH: ["很高", "very high"], LL: ["很低", "very low"],
  A: ["异常", "abnormal"], N: ["", ""],
  fasting: ["空腹", "fasting"], before_meal: ["餐前", "before a meal"],
  after_meal: ["餐后", "after a meal"], bedtime: ["睡前", "at bedtime"], random: ["随机", "random"],
  completed: ["已停用", "ended"], stopped: ["已停用", "stopped"], "on-hold": ["暂停", "on hold"],
  resolved: ["已痊愈", "resolved"], inactive: ["不再活动", "inactive"], remission: ["缓解", "in remission"],
  refuted: ["已排除", "refuted"], provisional: ["待确诊", "provisional"], unconfirmed: ["未确认", "unconfirmed"],
  Encounter: ["就诊", "Encounter"], Procedure: ["手术与操作", "Procedure"],
  Immunization: ["接种", "Immunization"], FamilyMemberHistory: ["家族史", "Family history"],
  QuestionnaireResponse: ["问卷", "Questionnaire"], DocumentReference: ["文件", "Document"],
  CarePlan: ["照护计划", "Care plan"], Goal: ["目标", "Goal"], Observation: ["记录", "Note"],
  switch: ["English", "中文"],
};

// UCUM units that people do not read as they are.
const UNITS = { "{steps}": ["步", "steps"], "/min": ["次/分", "/min"], "min": ["分钟", "min"], "mm[Hg]": ["mmHg", "mmHg"],
  "Cel": ["℃", "°C"], "umol/L": ["µmol/L", "µmol/L"], "10*9/L": ["10⁹/L", "10⁹/L"], "10*12/L": ["10¹²/L", "10¹²/L"] };

let english = false;

export function inEnglish() {
  return english;
}

export function setEnglish(wanted) {
  english = wanted;
  document.documentElement.lang = wanted ? "en" : "zh-CN";
  for (const node of document.querySelectorAll("[data-word]")) {
    node.textContent = say(node.dataset.word);
  }
  document.getElementById("language").textContent = say("switch");
  document.title = say("title");
}

// The words for a key; a code that has none is shown as it is.
export function say(key, values = {}) {
  const found = WORDS[key];
  if (!found) return String(key);
  return found[english ? 1 : 0].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// A remark beside something: （每日） or (daily).
export function aside(...parts) {
  const said = parts.filter(Boolean);
  if (!said.length) return "";
  return english ? ` (${said.join(", ")})` : `（${said.join("，")}）`;
}

export function listed(parts) {
  return parts.join(english ? ", " : "、");
}

export function unit(code) {
  return UNITS[code]?.[english ? 1 : 0] ?? code ?? "";
}
