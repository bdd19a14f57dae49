import { onScopeDispose, shallowRef } from 'vue'
import type { ShallowRef } from 'vue'
import { SERIES_TOKENS } from './identity.ts'
import { chartTheme } from './theme.ts'
import type { ChartTheme } from './theme.ts'

function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement)
  return chartTheme((token) => style.getPropertyValue(token).trim())
}

/** The theme for paper: the light tokens, whatever the window shows. Restored before anything is painted. */
export function paperTheme(): ChartTheme {
  const root = document.documentElement
  const shown = root.dataset.theme ?? 'light'
  root.dataset.theme = 'light'
  try {
    const theme = readTheme()
    const colours = new Map(SERIES_TOKENS.map((token) => [token, theme.colour(token)]))
    return { ...theme, colour: (token) => colours.get(token) ?? theme.text }
  } finally {
    root.dataset.theme = shown
  }
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
