import { server } from '@/kangban'
import type { PhoneWay } from './phone'

/** How one can sign in at this server. */
export interface Ways {
  readonly demo: boolean
  readonly wechat: boolean
  /** In browsers. */
  readonly phone: PhoneWay | null
}

/** Written into the page by the server; else asked for: `GET /client.json`. */
export async function ways(): Promise<Ways> {
  // #ifdef H5
  const written = document.querySelector<HTMLMetaElement>('meta[name=kangban-ways]')?.content
  if (written) return JSON.parse(written) as Ways
  // #endif
  return asked()
}

function asked(): Promise<Ways> {
  return new Promise((resolve, reject) => {
    uni.request({
      url: `${server}/client.json`,
      success: ({ statusCode, data }) =>
        statusCode === 200 ? resolve(data as Ways) : reject(new Error(`status ${statusCode}`)),
      fail: ({ errMsg }) => reject(new Error(errMsg)),
    })
  })
}

/** A one-time code from WeChat, in its mini-program only. */
export function wechatCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.login({
      provider: 'weixin',
      success: ({ code }) => resolve(code),
      fail: ({ errMsg }) => reject(new Error(errMsg)),
    })
  })
}
