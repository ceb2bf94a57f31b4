// Every word of the two pages, in Chinese and English.

const COMMON = {
  how: ["怎么用", "How to use it"],
  copy: ["复制这个码", "Copy the code"],
  copied: ["已复制", "Copied"],
  notCopied: ["没能复制，请照着输入", "It could not be copied; please type it"],
  client: ["在网页版打开", "Open in the browser"],
  broken: ["没有读到码，或者码不完整。请重新扫码，或请对方重新生成。",
    "There is no code here, or part of it is missing. Scan again, or ask for a new one."],
  switch: ["English", "中文"],
};

export const WORDS = {
  invite: {
    ...COMMON,
    title: ["康伴 · 邀请", "Kangban · an invitation"],
    what: ["这个码用来接受一份健康档案的邀请。接受之前，您会看到是谁邀请、可以做什么。",
      "This code takes up an invitation to a health record. Before you accept you see who invites you, and to what."],
    yours: ["邀请码", "The code"],
    limits: ["码 15 分钟内有效，只能用一次；接受以后，还要邀请您的人确认才生效。过期或用过的码，请对方重新生成。",
      "The code is good for 15 minutes and once; after you accept, whoever invited you confirms it. If it is too old or used, ask for a new one."],
    strangers: ["不认识给您码的人，或没有约好，请关闭本页。",
      "If you do not know who gave it to you, or expected none, close this page."],
    steps: [
      ["打开康伴小程序或 App，登录自己的账号。", "Open the Kangban mini-program or app and sign in as yourself."],
      ["进入“我的”，再进“亲友和医生”，点“我收到了邀请码”，输入这个码。",
        "Go to “Me”, “Family and doctors”, “I was given a code”, and type it in."],
      ["看清是谁邀请、可以做什么，再点“我愿意”。", "Read who invites you and to what, then accept."],
    ],
  },
  sign: {
    ...COMMON,
    title: ["康伴 · 家庭医生签约", "Kangban · sign with a family doctor"],
    what: ["这个码是家庭医生出示的，用来签约。签约以前，您自己选定医生可以看哪些内容；签约以后随时可以解约。",
      "A family doctor shows this code to sign a contract. You choose first what the doctor may see, and can end it at any time."],
    yours: ["签约码", "The code"],
    limits: ["码几分钟内有效，只能用一次。过期或用过的码，请医生重新出示。",
      "The code is good for a few minutes and once. If it is too old or used, ask the doctor for a new one."],
    strangers: ["请只在您的医生面前签约。不是医生当面给您的码，请关闭本页。",
      "Sign in front of your doctor only. If it was not your doctor who gave it to you, close this page."],
    steps: [
      ["打开康伴小程序或 App，登录自己的账号。", "Open the Kangban mini-program or app and sign in as yourself."],
      ["进入“我的”，再进“家庭医生签约”，点“找家庭医生签约”，输入这个码。",
        "Go to “Me”, “Family doctor contract”, “Sign with a family doctor”, and type it in."],
      ["选定医生可以看哪些内容，再点“签约”。", "Choose what the doctor may see, then sign."],
    ],
  },
};
