import { activeColumns, applyAffine, columnMeans, sumColumns } from '../frame.ts'
import { fitted, stepError, type StepDefinition } from './step.ts'

/** Below this share of the column's size a standard deviation is rounding, not variation. */
const CONSTANT = 1e-14

/** x ← (x − mean)/sd with the mean and standard deviation (n − 1) of the training rows; missing cells are left out. */
export const standardize: StepDefinition<'standardize'> = {
  apply(frame, _settings, path) {
    const columns = activeColumns(frame)
    const mean = columnMeans(frame, columns)
    const { sums, counts } = sumColumns(frame, columns, (value, k) => (value - mean[k]) ** 2)
    const sd = sums.map((sum, k) => Math.sqrt(sum / Math.max(counts[k] - 1, 1)))
    const constant = columns.findIndex((_, k) => !(sd[k] > CONSTANT * Math.abs(mean[k])))
    if (constant >= 0) {
      const { name } = frame.columns[columns[constant]]
      throw stepError(
        `Column "${name}" is constant on the training rows, so it has no standard deviation to divide by. ` +
          'Exclude it, or use the step center instead.',
        frame.table,
        path,
        name,
      )
    }
    applyAffine(
      frame,
      columns,
      mean,
      sd.map((value) => 1 / value),
    )
    return fitted('standardize', `${columns.length} features to mean 0 and standard deviation 1`, {
      columns: columns.map((j) => frame.columns[j].name),
      parameters: { mean: [...mean], sd: [...sd] },
    })
  },
}
