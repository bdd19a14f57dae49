import { useVirtualizer } from '@tanstack/vue-virtual'
import { computed } from 'vue'
import type { Ref } from 'vue'

/** Shorter tables are drawn whole: find-in-page and printing see every row. */
const WHOLE_UP_TO = 100

/**
 * The part of a long table that can be seen, with the heights of what was left out above and below.
 *
 * @param rows sorted rows, all of one height
 * @param box the scrolling element
 * @param height pixels of a row
 */
export function useVirtualRows<Row>(
  rows: Readonly<Ref<readonly Row[]>>,
  box: Readonly<Ref<HTMLElement | null>>,
  height: () => number,
) {
  const whole = computed(() => rows.value.length <= WHOLE_UP_TO)
  const virtualizer = useVirtualizer(
    computed(() => ({
      count: whole.value ? 0 : rows.value.length,
      getScrollElement: () => box.value,
      estimateSize: height,
      overscan: 12,
    })),
  )
  const items = computed(() => virtualizer.value.getVirtualItems())
  return {
    shown: computed(() => (whole.value ? rows.value : items.value.map(({ index }) => rows.value[index]))),
    before: computed(() => items.value.at(0)?.start ?? 0),
    after: computed(() =>
      whole.value ? 0 : virtualizer.value.getTotalSize() - (items.value.at(-1)?.end ?? 0),
    ),
  }
}
