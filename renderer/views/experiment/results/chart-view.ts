import { computed, ref } from 'vue'
import type { Ref } from 'vue'
import type { ConvergenceView } from '../../../charts/convergence.ts'
import type { RunGroup } from '../../../charts/run-groups.ts'
import { useSettingsStore } from '../../../stores/settings.ts'

/** What a new chart shows: the axis that the settings prefer, logarithmic objectives. */
export function useChartView(): Ref<ConvergenceView> {
  const { settings } = useSettingsStore()
  return ref({ axis: settings.timeAxis, quantity: 'objective', xKind: 'linear', yKind: 'log' })
}

export type ChartKind = 'convergence' | 'path'

/** Which chart is shown: what was chosen, else the path where there is nothing but paths. */
export function useChartKind(groups: Readonly<Ref<readonly RunGroup[]>>): Ref<ChartKind> {
  const chosen = ref<ChartKind | null>(null)
  const hasPath = ({ runs }: RunGroup) => runs.some(({ record }) => record?.path !== undefined)
  return computed({
    get: () => {
      if (!groups.value.some(hasPath)) return 'convergence'
      return chosen.value ?? (groups.value.every(hasPath) ? 'path' : 'convergence')
    },
    set: (kind) => (chosen.value = kind),
  })
}
