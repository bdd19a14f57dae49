import { activeColumns, applyAffine } from '../frame.ts'
import { fitted, type StepDefinition } from './step.ts'

/** x ← by·x. */
export const scale: StepDefinition<'scale'> = {
  apply(frame, { by }) {
    const columns = activeColumns(frame)
    applyAffine(frame, columns, new Float64Array(columns.length), new Float64Array(columns.length).fill(by))
    return fitted('scale', `${columns.length} features multiplied by ${by}`, { parameters: { by: [by] } })
  },
}
