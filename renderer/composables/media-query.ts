import { getCurrentScope, onScopeDispose, readonly, ref } from 'vue'
import type { Ref } from 'vue'

/** Whether a media query holds, followed for as long as the surrounding scope lives. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const list = window.matchMedia(query)
  const matches = ref(list.matches)
  const follow = (event: MediaQueryListEvent) => (matches.value = event.matches)
  list.addEventListener('change', follow)
  if (getCurrentScope()) onScopeDispose(() => list.removeEventListener('change', follow))
  return readonly(matches)
}
