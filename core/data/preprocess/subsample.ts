import { stream } from '../../random/index.ts'
import { classesOf } from '../classes.ts'
import { groupByClass } from '../split.ts'
import { missingMask } from '../table.ts'
import { fitted, stepError, type StepDefinition } from './step.ts'

/** At most `perClass` rows of each class, drawn before the split; rows keep their order. */
export const subsample: StepDefinition<'subsample'> = {
  selectRows({ table, targets, rows }, { perClass, seed }, path) {
    const column = table.columns[targets[0]]
    const missing = missingMask(column)
    const known = rows.filter((row) => missing[row] === 0)
    const classes = targets.length === 1 ? classesOf(column, known, 'integers') : null
    if (!classes) {
      const message = `Expected a target with classes to draw from; column "${column.name}" holds quantities.`
      throw stepError(`${message} Leave the step out.`, table, path, column.name)
    }
    const random = stream(seed).split('subsample')
    const kept = groupByClass(classes.classOf).flatMap((members, k) => [
      ...random.split(k).shuffle(Int32Array.from(members)).subarray(0, perClass),
    ])
    const chosen = Int32Array.from(kept, (position) => known[position]).sort()
    const sentence = `${chosen.length} of ${rows.length} rows drawn, at most ${perClass} of each class`
    return { rows: chosen, fitted: fitted('subsample', sentence) }
  },
}
