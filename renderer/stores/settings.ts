/** Settings as the machine keeps them, and the theme on `<html>`. */
import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'
import { settingsSchema } from '../../core/protocol.ts'
import type { Settings } from '../../core/protocol.ts'
import { useMediaQuery } from '../composables/media-query.ts'
import { useMachineStore } from './machine.ts'
import { useNoticesStore } from './notices.ts'

export type Theme = Exclude<Settings['theme'], 'system'>

export const useSettingsStore = defineStore('settings', () => {
  const machine = useMachineStore()
  const notices = useNoticesStore()
  const settings = ref<Settings>(settingsSchema.parse({}))
  const darkSystem = useMediaQuery('(prefers-color-scheme: dark)')
  const contrastSystem = useMediaQuery('(prefers-contrast: more)')

  /** What is shown: `system` resolved. */
  const theme = computed<Theme>(() => {
    if (settings.value.theme !== 'system') return settings.value.theme
    if (contrastSystem.value) return 'high-contrast'
    return darkSystem.value ? 'dark' : 'light'
  })
  watchEffect(() => (document.documentElement.dataset.theme = theme.value))

  async function load(): Promise<void> {
    machine.on('settingsChanged', (changed) => (settings.value = changed))
    settings.value = await machine.request('getSettings', {})
  }

  /** Shown at once; taken back with a notice where the machine refuses. */
  async function change(part: Partial<Settings>): Promise<void> {
    const before = settings.value
    settings.value = { ...before, ...part }
    try {
      settings.value = await machine.request('setSettings', part)
    } catch (error) {
      settings.value = before
      notices.error(error)
    }
  }

  return { settings, theme, load, change }
})
