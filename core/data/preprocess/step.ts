/** What a preprocessing step offers; the table of steps is in index.ts. */
import { BidualError } from '../../errors.ts'
import type { Step, StepId } from '../../experiments/document.ts'
import type { Frame } from '../frame.ts'
import type { Table } from '../table.ts'

export type StepSettings<Id extends StepId> = Extract<Step, { step: Id }>

/** What a step found on the training rows: enough to apply it again. */
export interface FittedStep {
  step: StepId
  /** In words, for the person. */
  sentence: string
  /** Features that the numbers belong to, in order; empty where they belong to none. */
  columns: string[]
  /** By name, each as long as `columns` (or as stated by the step). */
  parameters: Record<string, number[]>
  /** What the person should know. */
  warnings: string[]
}

/** What a step that chooses rows is given, before the split. */
export interface RowContext {
  table: Table
  features: readonly number[]
  targets: readonly number[]
  /** Rows of the table that are left, ascending. */
  rows: Int32Array
}

export interface ChosenRows {
  rows: Int32Array
  fitted: FittedStep
}

export interface StepDefinition<Id extends StepId> {
  /** Chooses rows before the split; steps without it, and null, keep all. */
  selectRows?: (context: RowContext, settings: StepSettings<Id>, path: string) => ChosenRows | null
  /** Fits on the training rows and changes both parts of the frame in place; null: nothing to do here. */
  apply?: (frame: Frame, settings: StepSettings<Id>, path: string) => FittedStep | null
}

/** A record with nothing in it but the words. */
export function fitted(step: StepId, sentence: string, rest: Partial<FittedStep> = {}): FittedStep {
  return { step, sentence, columns: [], parameters: {}, warnings: [], ...rest }
}

/** An error at a step of the document. */
export function stepError(message: string, table: Table, path: string, column?: string): BidualError {
  return new BidualError('bad-input', message, {
    file: table.name,
    path,
    ...(column !== undefined && { column }),
  })
}
