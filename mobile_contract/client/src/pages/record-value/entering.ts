import { computed, ref } from 'vue'
import type { Asked } from '../record/kinds'

const LONGEST = 6

/** Digits that go into one component after the other; `at` is whose turn it is. */
export function useEntering(asked: () => readonly Asked[]) {
  const texts = ref<string[]>([])
  const at = ref(0)
  // What was filled in gives way to the first digit typed over it.
  const filled = new Set<number>()

  const now = computed(() => asked()[at.value])
  const last = computed(() => at.value >= asked().length - 1)
  const complete = computed(() =>
    asked().every(({ optional }, index) => optional === true || isNumber(texts.value[index])),
  )

  function digit(typed: string): void {
    const text = typed !== '.' && filled.delete(at.value) ? '' : (texts.value[at.value] ?? '')
    const second = typed === '.' && (text === '' || text.includes('.'))
    if (second || text.length >= LONGEST) return
    texts.value[at.value] = text + typed
    if (full()) at.value += 1
  }

  /** Three digits before another component are all that a meter shows. */
  function full(): boolean {
    const text = texts.value[at.value] ?? ''
    return !last.value && now.value?.decimals === false && text.length === 3
  }

  function erase(): void {
    filled.delete(at.value)
    const text = texts.value[at.value] ?? ''
    if (text === '' && at.value > 0) at.value -= 1
    else texts.value[at.value] = text.slice(0, -1)
  }

  function fill(all: readonly string[]): void {
    texts.value = [...all]
    at.value = 0
    filled.clear()
    all.forEach((_, index) => filled.add(index))
  }

  function reset(): void {
    texts.value = []
    at.value = 0
    filled.clear()
  }

  return { texts, at, now, last, complete, digit, erase, fill, reset }
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && text !== '' && !text.endsWith('.')
}
