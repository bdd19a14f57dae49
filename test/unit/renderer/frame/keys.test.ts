// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { keyCaps, matchesKeys } from '../../../../renderer/composables/keys.ts'
import { SHORTCUTS } from '../../../../renderer/composables/shortcuts.ts'

const press = (key: string, init: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...init })

describe('shortcuts', () => {
  it('are shown as the system writes them', () => {
    expect(keyCaps('Mod+Enter', true)).toEqual(['⌘', '⏎'])
    expect(keyCaps('Mod+Enter', false)).toEqual(['Ctrl', 'Enter'])
    expect(keyCaps('Mod+n', false)).toEqual(['Ctrl', 'N'])
  })

  it('match with exactly their modifiers', () => {
    expect(matchesKeys(press('Enter', { ctrlKey: true }), 'Mod+Enter', false)).toBe(true)
    expect(matchesKeys(press('Enter', { metaKey: true }), 'Mod+Enter', true)).toBe(true)
    expect(matchesKeys(press('Enter', { metaKey: true }), 'Mod+Enter', false)).toBe(false)
    expect(matchesKeys(press('Enter', { ctrlKey: true, shiftKey: true }), 'Mod+Enter', false)).toBe(false)
    expect(matchesKeys(press('Enter'), 'Mod+Enter', false)).toBe(false)
  })

  it('take the shift that a layout needs for a character', () => {
    expect(matchesKeys(press('?', { shiftKey: true }), '?', false)).toBe(true)
  })

  it('go by the place of the key with Alt, which changes characters on a Mac', () => {
    expect(matchesKeys(press('¡', { altKey: true, code: 'Digit1' }), 'Alt+1', true)).toBe(true)
    expect(matchesKeys(press('˜', { altKey: true, code: 'KeyN' }), 'Alt+N', true)).toBe(true)
  })

  it('do not overlap', () => {
    const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
