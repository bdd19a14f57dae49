import { activeColumns, applyAffine, columnMeans } from '../frame.ts'
import { fitted, type StepDefinition } from './step.ts'

/** x ← x − mean of the training rows. */
export const center: StepDefinition<'center'> = {
  apply(frame) {
    const columns = activeColumns(frame)
    const mean = columnMeans(frame, columns)
    applyAffine(frame, columns, mean, new Float64Array(columns.length).fill(1))
    return fitted('center', `${columns.length} features to mean 0`, {
      columns: columns.map((j) => frame.columns[j].name),
      parameters: { mean: [...mean] },
    })
  },
}
