/** A window's stores on a machine in memory. */
import { flushPromises } from '@vue/test-utils'
import { createPinia, disposePinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { onTestFinished } from 'vitest'
import { defineComponent, h } from 'vue'
import type { Component } from 'vue'
import type { ConnectionState } from '../../../../renderer/api/machine.ts'
import { useDatasetsStore } from '../../../../renderer/stores/datasets.ts'
import { useExperimentsStore } from '../../../../renderer/stores/experiments.ts'
import { useLayoutStore } from '../../../../renderer/stores/layout.ts'
import { useMachineStore } from '../../../../renderer/stores/machine.ts'
import { useSettingsStore } from '../../../../renderer/stores/settings.ts'
import { fakeMachine, furnish } from '../../../support/fake-machine.ts'
import type { FakeMachine } from '../../../support/fake-machine.ts'

export interface Stage {
  machine: FakeMachine
  pinia: ReturnType<typeof createPinia>
  setConnection: (state: ConnectionState) => void
}

/** Stores attached and loaded; the workspace empty, or furnished as in the stand-in window. */
export async function stage({ furnished = false } = {}): Promise<Stage> {
  const machine = fakeMachine()
  if (furnished) await furnish(machine)
  const pinia = createPinia()
  setActivePinia(pinia)
  // What is left waiting would make its own pinia the active one again.
  onTestFinished(() => disposePinia(pinia))
  let setConnection: Stage['setConnection'] = () => undefined
  await useMachineStore().attach(machine, (listener) => (setConnection = listener))
  await useSettingsStore().load()
  useLayoutStore().restore()
  await Promise.all([useExperimentsStore().load(), useDatasetsStore().load()])
  await flushPromises()
  return { machine, pinia, setConnection: (state) => setConnection(state) }
}

/** The component below a TooltipProvider, as App.vue has it. */
export function withTooltips(component: Component, props: Record<string, unknown> = {}): Component {
  return defineComponent({ render: () => h(TooltipProvider, () => h(component, props)) })
}
