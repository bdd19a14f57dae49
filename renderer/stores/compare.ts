/** Runs picked across experiments: all stored runs of the workspace, filters, and the selection. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ExperimentDetail, StoredRun } from '../../core/protocol.ts'
import type { MethodId } from '../../core/experiments/document.ts'
import type { RunStatus } from '../../core/experiments/result.ts'
import { useMachineStore } from './machine.ts'
import { runId } from './run-deltas.ts'
import { useRunsStore } from './runs.ts'

export interface CompareFilters {
  experiment: string | null
  method: MethodId | null
  status: RunStatus | null
}

export const storedId = ({ experimentId, record }: StoredRun) => runId({ experimentId, key: record.key })

/** Whether a run passes the filters; null lets everything through. */
export function passes({ experimentId, record }: StoredRun, filters: CompareFilters): boolean {
  return (
    (filters.experiment === null || filters.experiment === experimentId) &&
    (filters.method === null || filters.method === record.method) &&
    (filters.status === null || filters.status === record.status)
  )
}

export const useCompareStore = defineStore('compare', () => {
  const machine = useMachineStore()
  const runs = useRunsStore()
  const all = shallowRef<StoredRun[]>([])
  /** Documents of the experiments that selected runs come from. */
  const experiments = shallowRef(new Map<string, ExperimentDetail>())
  const filters = ref<CompareFilters>({ experiment: null, method: null, status: null })
  const selected = ref<ReadonlySet<string>>(new Set())
  const loading = ref(false)
  const error = ref<unknown>(null)

  const shown = computed(() => all.value.filter((run) => passes(run, filters.value)))
  const picked = computed(() => all.value.filter((run) => selected.value.has(storedId(run))))

  async function load(): Promise<void> {
    loading.value = true
    try {
      all.value = await machine.request('listRuns', {})
      error.value = null
      const known = new Set(all.value.map(storedId))
      await select([...selected.value].filter((id) => known.has(id)))
    } catch (thrown) {
      error.value = thrown
    } finally {
      loading.value = false
    }
  }

  async function loadExperiment(id: string): Promise<void> {
    const detail = await machine.request('getExperiment', { id })
    experiments.value = new Map(experiments.value).set(id, detail)
  }

  /** Replaces the selection and fetches what showing it needs. */
  async function select(ids: Iterable<string>): Promise<void> {
    selected.value = new Set(ids)
    const origins = new Set(picked.value.map(({ experimentId }) => experimentId))
    try {
      await Promise.all([
        ...picked.value.map(({ experimentId, record }) => runs.loadHistory(experimentId, record.key)),
        // Documents may have changed since the last visit.
        ...[...origins].map(loadExperiment),
      ])
    } catch (thrown) {
      error.value = thrown
    }
  }

  function toggle(id: string): Promise<void> {
    const next = new Set(selected.value)
    if (!next.delete(id)) next.add(id)
    return select(next)
  }

  return { all, experiments, filters, selected, shown, picked, loading, error, load, select, toggle }
})
