import { CONSTANT, partsOf } from '../frame.ts'
import { fitted, type StepDefinition } from './step.ts'

/** x ← (x, 1): the planned constant column, filled. */
export const appendOnes: StepDefinition<'append-ones'> = {
  apply(frame) {
    const j = frame.columns.findIndex(({ source, active }) => source === CONSTANT && !active)
    frame.columns[j].active = true
    for (const { matrix } of partsOf(frame)) {
      for (let i = 0; i < matrix.rows; i++) matrix.set(i, j, 1)
    }
    return fitted('append-ones', 'A last feature that is 1 in every row', {
      columns: [frame.columns[j].name],
    })
  },
}
