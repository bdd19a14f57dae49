import { activeColumns, applyAffine, sumColumns } from '../frame.ts'
import { fitted, stepError, type StepDefinition } from './step.ts'

/** x ← x/‖x‖₂, the norm of the column over the training rows. */
export const unitColumns: StepDefinition<'unit-columns'> = {
  apply(frame, _settings, path) {
    const columns = activeColumns(frame)
    const norm = sumColumns(frame, columns, (value) => value * value).sums.map(Math.sqrt)
    const zero = norm.indexOf(0)
    if (zero >= 0) {
      const { name } = frame.columns[columns[zero]]
      const message = `Column "${name}" is zero on the training rows, so it has no norm to divide by. Exclude it.`
      throw stepError(message, frame.table, path, name)
    }
    applyAffine(
      frame,
      columns,
      new Float64Array(columns.length),
      norm.map((value) => 1 / value),
    )
    return fitted('unit-columns', `${columns.length} features to ℓ₂ norm 1 over the training rows`, {
      columns: columns.map((j) => frame.columns[j].name),
      parameters: { norm: [...norm] },
    })
  },
}
