import { onBeforeUnmount, reactive, watch } from 'vue'
import type { Ref } from 'vue'

/** The content size of an element in CSS pixels, kept up to date; 0 before it is there. */
export function useElementSize(element: Readonly<Ref<HTMLElement | null>>): {
  width: number
  height: number
} {
  const size = reactive({ width: 0, height: 0 })
  const observer = new ResizeObserver(([{ contentRect }]) => {
    size.width = contentRect.width
    size.height = contentRect.height
  })
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before)
      if (now) observer.observe(now)
    },
    { immediate: true },
  )
  onBeforeUnmount(() => observer.disconnect())
  return size
}
