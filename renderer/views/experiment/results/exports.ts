/** Files out of an experiment: weights, tables, documents. What fails is said in a notice. */
import { writeNpz } from '../../../../core/export/npz.ts'
import { runsCsv } from '../../../../core/export/runs-table.ts'
import type { RunGroup, TracedRun } from '../../../charts/run-groups.ts'
import { useSaveFile } from '../../../composables/save-file.ts'
import { useDraftStore } from '../../../stores/draft.ts'
import { useMachineStore } from '../../../stores/machine.ts'
import { useNoticesStore } from '../../../stores/notices.ts'

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

export interface Exports {
  weights: (run: TracedRun) => Promise<void>
  table: (groups: readonly RunGroup[]) => Promise<void>
  document: () => Promise<void>
  result: () => Promise<void>
  report: (groups: readonly RunGroup[]) => Promise<void>
}

/** The exports of the open experiment. */
export function useExports(): Exports {
  const save = useSaveFile()
  const draft = useDraftStore()
  const machine = useMachineStore()
  const notices = useNoticesStore()
  const name = () => draft.name

  const attempt = async (action: (experimentId: string) => Promise<void>): Promise<void> => {
    try {
      if (draft.experimentId !== null) await action(draft.experimentId)
    } catch (thrown) {
      notices.error(thrown)
    }
  }

  return {
    weights: (run) =>
      attempt(async () => {
        const { experimentId, key, label } = run
        const { family, arrays } = await machine.request('getRunWeights', { experimentId, key })
        await save(`${name()}, ${key}.npz`, writeNpz(arrays, { family, key, label, experiment: name() }))
      }),
    table: (groups) =>
      attempt(() => {
        const records = groups.flatMap(({ runs }) => runs.flatMap(({ record }) => record ?? []))
        return save(`${name()}.csv`, runsCsv(records))
      }),
    document: () => attempt(() => save(`${name()}.bidual`, json(draft.document))),
    result: () =>
      attempt(async (id) =>
        save(`${name()}, result.json`, json(await machine.request('getResult', { experimentId: id }))),
      ),
    report: (groups) =>
      attempt(async (id) => {
        // The report's code comes when it is needed.
        const { experimentReport } = await import('./report.ts')
        const result = await machine.request('getResult', { experimentId: id })
        await save(`${name()}.html`, experimentReport(draft.document, result, groups))
      }),
  }
}
