import { computed, ref } from 'vue'
import type { CreateShareLinkMutationVariables } from '@kangban/sdk/documents'
import { kangban } from '@/kangban'
import { withOffset } from '@/words/format'

const DAY = 24 * 60 * 60 * 1000

/** What says something to a doctor: neither chats nor points. */
export const SHAREABLE = [
  'READINGS', 'CONDITIONS', 'MEDICATIONS', 'REPORTS', 'PROFILE', 'MENTAL_HEALTH', 'REPRODUCTIVE_HEALTH',
] as const
export type Shareable = (typeof SHAREABLE)[number]

export const SPANS = [null, 30, 90, 365] as const
export const LIVES = [1, 7, 30] as const
export const OPENS = [1, 5, 20] as const

type Input = Omit<CreateShareLinkMutationVariables['input'], 'idempotencyKey' | 'residentId'>

/** A link as it is put together, with what most people need. */
export function useChoice() {
  const label = ref('')
  const categories = ref<Shareable[]>(['READINGS', 'CONDITIONS', 'MEDICATIONS', 'REPORTS'])
  const span = ref<(typeof SPANS)[number]>(null)
  const life = ref<(typeof LIVES)[number]>(1)
  const opens = ref<(typeof OPENS)[number]>(5)
  const withPin = ref(false)
  const pin = ref('')
  const pinFits = computed(() => !withPin.value || /^\d{4}$/.test(pin.value))

  function input(): Input {
    const now = kangban.clock.now()
    return {
      label: label.value.trim(),
      categories: categories.value,
      since: span.value === null ? null : withOffset(new Date(now - span.value * DAY)),
      expiresAt: withOffset(new Date(now + life.value * DAY)),
      maxOpens: opens.value,
      pin: withPin.value ? pin.value : null,
      includeName: categories.value.includes('PROFILE'),
    }
  }

  return { label, categories, span, life, opens, withPin, pin, pinFits, input }
}
