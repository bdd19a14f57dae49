import type { StepId } from '../../experiments/document.ts'
import { CONSTANT, type Frame } from '../frame.ts'
import { stepError } from './step.ts'

/**
 * What a step needs that takes the training matrix as a whole: every column a number, every cell there. The column of a
 * later append-ones is zero until then and takes no part.
 *
 * @throws BidualError bad-input naming the step that has to come before.
 */
export function requireWhole(frame: Frame, step: StepId, path: string): void {
  const waiting = frame.columns.find(({ active, source }) => !active && source !== CONSTANT)
  if (waiting) {
    const { name } = frame.table.columns[waiting.source]
    const message = `Column "${name}" is still text here. Put the step one-hot before ${step}.`
    throw stepError(message, frame.table, path, name)
  }
  if (frame.train.data.some(Number.isNaN)) {
    const message = `The step ${step} needs every cell. Put the step impute before it.`
    throw stepError(message, frame.table, path)
  }
}
