import { onScopeDispose, shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import { chartTheme } from './theme.ts'
import type { ChartTheme } from './theme.ts'

function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement)
  return chartTheme((token) => style.getPropertyValue(token).trim())
}

/** The chart theme, replaced whenever the window's theme or the system's scheme changes. */
export function useChartTheme(): ShallowRef<ChartTheme> {
  const theme = shallowRef(readTheme())
  const update = () => (theme.value = readTheme())
  const observer = new MutationObserver(update)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  const scheme = window.matchMedia('(prefers-color-scheme: dark)')
  scheme.addEventListener('change', update)
  onScopeDispose(() => {
    observer.disconnect()
    scheme.removeEventListener('change', update)
  })
  return theme
}
