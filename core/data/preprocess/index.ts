/** The table of preprocessing steps. */
import type { Step, StepId } from '../../experiments/document.ts'
import type { Frame } from '../frame.ts'
import { appendOnes } from './append-ones.ts'
import { center } from './center.ts'
import { impute } from './impute.ts'
import { oneHot } from './one-hot.ts'
import { scale } from './scale.ts'
import { standardize } from './standardize.ts'
import type { FittedStep, RowContext, StepDefinition } from './step.ts'
import { subsample } from './subsample.ts'
import { truncate } from './truncate.ts'
import { unitColumns } from './unit-columns.ts'
import { whiten } from './whiten.ts'

export type { FittedStep, RowContext } from './step.ts'

export const STEPS: { [Id in StepId]: StepDefinition<Id> } = {
  standardize,
  center,
  'unit-columns': unitColumns,
  scale,
  whiten,
  truncate,
  'one-hot': oneHot,
  'append-ones': appendOnes,
  impute,
  subsample,
}

/** The definition for settings of any step; the pairing is by the table's own type. */
function definitionOf(step: Step): StepDefinition<StepId> {
  return STEPS[step.step] as StepDefinition<StepId>
}

/**
 * Runs the steps that choose rows, in order, before the split.
 *
 * @returns the rows left and one record a step (null for steps that keep all rows)
 */
export function selectRows(
  context: RowContext,
  steps: readonly Step[],
): { rows: Int32Array; records: (FittedStep | null)[] } {
  let rows = context.rows
  const records = steps.map((step, index) => {
    const chosen = definitionOf(step).selectRows?.({ ...context, rows }, step, `preprocess[${index}]`)
    if (!chosen) return null
    rows = chosen.rows
    return chosen.fitted
  })
  return { rows, records }
}

/** Fits every step on the training rows, in order, and applies it to both parts of the frame in place. */
export function applySteps(frame: Frame, steps: readonly Step[]): (FittedStep | null)[] {
  return steps.map((step, index) => definitionOf(step).apply?.(frame, step, `preprocess[${index}]`) ?? null)
}
