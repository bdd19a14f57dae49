import { ref } from 'vue'
import type { Ref } from 'vue'
import type { ConvergenceView } from '../../../charts/convergence.ts'
import { useSettingsStore } from '../../../stores/settings.ts'

/** What a new chart shows: the axis that the settings prefer, logarithmic objectives. */
export function useChartView(): Ref<ConvergenceView> {
  const { settings } = useSettingsStore()
  return ref({ axis: settings.timeAxis, quantity: 'objective', xKind: 'linear', yKind: 'log' })
}
