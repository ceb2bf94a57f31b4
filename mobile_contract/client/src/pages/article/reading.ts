import { nextTick, watch, type Ref } from 'vue'
import { OpenArticleDocument, ReadArticleDocument } from '@kangban/sdk/documents'
import { kangban } from '@/kangban'
import { asKangban } from '@/stores/query'
import { residentId } from '@/stores/session'
import type { Article } from './types'

/**
 * Tells the server that an article was opened, and at the end how long and how far it was read.
 * Nobody waits for it; what cannot be told while offline is left out.
 */
export function useReading(article: Ref<Article | null>, suggested: Ref<boolean>) {
  let since: number | null = null
  let furthest = 0

  async function quietly(ask: (resident: string) => Promise<unknown>): Promise<void> {
    if (!residentId.value) return
    try {
      await ask(residentId.value)
    } catch (error) {
      asKangban(error)
    }
  }

  watch(article, (now) => {
    if (!now || since !== null) return
    since = Date.now()
    void nextTick(() => scrolled(0))
    void quietly((resident) =>
      kangban.mutate(OpenArticleDocument, {
        input: { residentId: resident, articleId: now.id, suggested: suggested.value },
      }),
    )
  })

  function scrolled(top: number): void {
    const { windowHeight } = uni.getSystemInfoSync()
    uni.createSelectorQuery()
      .select('.frame')
      .boundingClientRect((rect) => {
        const height = (rect as { height?: number } | null)?.height ?? 0
        if (height > 0) furthest = Math.max(furthest, Math.min(1, (top + windowHeight) / height))
      })
      .exec()
  }

  async function tell(): Promise<void> {
    const now = article.value
    if (!now || since === null) return
    const dwellSeconds = Math.round((Date.now() - since) / 1000)
    await quietly((resident) =>
      kangban.mutate(ReadArticleDocument, {
        input: { residentId: resident, articleId: now.id, dwellSeconds, scroll: furthest },
      }),
    )
  }

  return { scrolled, tell }
}
