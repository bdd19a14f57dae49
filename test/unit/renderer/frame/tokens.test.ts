import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** Colours of each block of tokens.css, the light ones filled in where a block says nothing. */
function themes(): Map<string, Map<string, string>> {
  const css = readFileSync(new URL('../../../../renderer/styles/tokens.css', import.meta.url), 'utf8')
  const blocks = [...css.matchAll(/([^{}]*data-theme='([\w-]+)'\][^{}]*)\{([^}]*)\}/g)]
  const seen = new Map<string, number>()
  return new Map(
    blocks.map(([, , theme, body]) => {
      const count = (seen.get(theme) ?? 0) + 1
      seen.set(theme, count)
      const colours = [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(
        ([, name, value]) => [name, value] as const,
      )
      return [count > 1 ? `${theme}, dark system` : theme, new Map(colours)]
    }),
  )
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(colour.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const GROUNDS = ['background', 'surface', 'raised', 'sunken', 'hover', 'accent-soft']
const TEXTS = ['text', 'muted', 'accent', 'positive', 'warning', 'danger']

describe('tokens', () => {
  const all = themes()
  it('are defined for four appearances, with the same colour roles', () => {
    expect([...all.keys()]).toEqual(['light', 'dark', 'high-contrast', 'high-contrast, dark system'])
    const roles = [...all.values()].map((colours) => [...colours.keys()].sort())
    for (const others of roles) expect(others).toEqual(roles[0])
  })

  describe.each([...all])('%s', (theme, colours) => {
    const high = theme.startsWith('high-contrast')
    const at = (name: string) => colours.get(name)!

    it.each(TEXTS)('%s can be read on every ground', (text) => {
      for (const ground of GROUNDS)
        expect(contrast(at(text), at(ground)), ground).toBeGreaterThan(high ? 7 : 4.5)
    })

    it('words on the accent can be read', () => {
      expect(contrast(at('on-accent'), at('accent'))).toBeGreaterThan(high ? 7 : 4.5)
      expect(contrast(at('on-accent'), at('accent-hover'))).toBeGreaterThan(high ? 7 : 4.5)
    })

    it('edges of controls, focus rings and series stand out', () => {
      const series = [...colours.keys()].filter((name) => name.startsWith('series-'))
      expect(series.length).toBe(10)
      for (const name of ['control-border', 'focus', ...series])
        expect(contrast(at(name), at('surface')), name).toBeGreaterThan(3)
    })
  })
})
