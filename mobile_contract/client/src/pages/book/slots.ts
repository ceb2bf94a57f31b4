import { computed, ref, type Ref } from 'vue'
import { SlotsDocument, type AppointmentKind, type SlotsQuery } from '@kangban/sdk/documents'
import { useQuery } from '@/stores/query'

export type Slot = NonNullable<SlotsQuery['slots']>['edges'][number]['node']

const PAGE = 100

const dayOf = (slot: Slot): string => new Date(slot.start).toDateString()

/** Times of a kind, from `since` on, as they are chosen from: a place, a day, a time. */
export function useSlots(kind: Ref<AppointmentKind | null>) {
  const since = ref<string | null>(null)
  const place = ref<string | null>(null)
  const day = ref<string | null>(null)
  const asked = useQuery(SlotsDocument, () =>
    kind.value ? { kind: kind.value, since: since.value, free: false, first: PAGE } : null,
  )
  const all = computed(() => asked.data.value?.slots?.edges.map(({ node }) => node) ?? [])
  const more = computed(() => asked.data.value?.slots?.pageInfo.hasNextPage ?? false)
  const places = computed(() => [...new Map(all.value.map(({ schedule }) => [schedule.id, schedule])).values()])
  // Where there is only one, nobody has to choose it.
  const chosenPlace = computed(() => place.value ?? (places.value.length === 1 ? places.value[0]?.id ?? null : null))
  const here = computed(() => all.value.filter(({ schedule }) => schedule.id === chosenPlace.value))
  const days = computed(() =>
    [...new Set(here.value.map(dayOf))].map((name) => {
      const slots = here.value.filter((each) => dayOf(each) === name)
      return { name, start: slots[0]?.start ?? name, free: slots.filter(({ left }) => left > 0).length }
    }),
  )
  const times = computed(() => here.value.filter((each) => dayOf(each) === day.value))

  function later(): void {
    since.value = all.value[all.value.length - 1]?.start ?? null
  }

  return { ...asked, more, places, place, chosenPlace, days, day, times, later }
}
