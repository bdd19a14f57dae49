/**
 * From target columns to Y. The rules (see also `outputs` in the document):
 *
 * - Text names classes. Numbers 0/1 and −1/+1 name two classes. Other whole numbers, up to 20 distinct ones, name
 *   classes where the loss needs them (hinge, logistic, cross-entropy); under squared and equality they are quantities
 *   unless one-hot outputs are asked for. Everything else is a quantity.
 * - Hinge and logistic: two classes, coded −1 and +1. Cross-entropy: one-hot. Squared and equality: two classes give ±1
 *   and more give one-hot, unless the document says otherwise.
 */
import { BidualError } from '../errors.ts'
import type { LossId, NetworkSettings } from '../experiments/document.ts'
import type { ProblemSummary } from '../experiments/result.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { classesOf, MOST_CLASSES, MOST_NUMERIC_CLASSES, type Classes, type ClassRule } from './classes.ts'
import { firstStray, missingMask, sourceRow, type Column, type Table } from './table.ts'
import { encodeVector } from './vector-targets.ts'

export interface EncodedTargets {
  labels: ProblemSummary['labels']
  /** K. */
  outputs: number
  /** Class names in label order; empty for quantities. */
  classes: string[]
  /** Class of each row asked for; null for quantities. */
  classOf: Int32Array | null
  /** Writes row `position` (an index into the rows asked for) into row i of Y. */
  write: (Y: Matrix, i: number, position: number) => void
}

export interface TargetSettings {
  loss: LossId
  outputs: NetworkSettings['outputs']
}

/**
 * @param columns indices of the target columns; several make a vector output
 * @param rows rows of the table that are used
 * @throws BidualError for missing or stray cells, one class only, and targets that the loss cannot have.
 */
export function encodeTargets(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  settings: TargetSettings,
): EncodedTargets {
  for (const index of columns) requireKnown(table, table.columns[index], rows)
  if (columns.length > 1) return encodeVector(table, columns, rows, settings)
  const column = table.columns[columns[0]]
  const classes = classesOf(column, rows, classRule(settings))
  if (classes) return encodeClasses(table, column, classes, settings)
  return encodeReal(table, column, rows, settings)
}

/** Losses that compare predictions with targets of any value. */
function takesQuantities(loss: LossId): loss is 'squared' | 'equality' {
  return loss === 'squared' || loss === 'equality'
}

/** Which numbers count as classes. */
export function classRule({ loss, outputs }: TargetSettings): ClassRule {
  if (outputs === 'one-hot') return 'anyIntegers'
  return takesQuantities(loss) ? 'auto' : 'integers'
}

function encodeReal(
  table: Table,
  column: Column,
  rows: Int32Array,
  settings: TargetSettings,
): EncodedTargets {
  if (column.kind === 'categorical') {
    const found = `Column "${column.name}" has more than ${MOST_CLASSES} different texts`
    throw targetError(table, column, `${found}: too many for classes. Choose another target.`)
  }
  if (!takesQuantities(settings.loss) || settings.outputs === 'one-hot') {
    const need = takesQuantities(settings.loss) ? 'One-hot outputs need classes' : NEEDS[settings.loss]
    throw targetError(
      table,
      column,
      `${need}; column "${column.name}" holds quantities (numbers that are not whole, or more than ` +
        `${MOST_NUMERIC_CLASSES} different ones). Choose the squared loss with scalar outputs, or another target.`,
    )
  }
  return {
    labels: 'real',
    outputs: 1,
    classes: [],
    classOf: null,
    write: (Y, i, position) => Y.set(i, 0, column.values[rows[position]]),
  }
}

const NEEDS = {
  hinge: 'The hinge loss needs two classes (labels ±1)',
  logistic: 'The logistic loss needs two classes (labels ±1)',
  'cross-entropy': 'Cross-entropy needs classes',
} as const

function encodeClasses(
  table: Table,
  column: Column,
  classes: Classes,
  settings: TargetSettings,
): EncodedTargets {
  const { names, classOf } = classes
  if (names.length === 1) {
    const found = `Column "${column.name}" holds one class only, "${names[0]}"`
    throw targetError(
      table,
      column,
      `${found}: there is nothing to tell apart. Choose another target or more rows.`,
    )
  }
  const sign = codedAsSign(table, column, names, settings)
  return {
    labels: sign ? 'sign' : 'one-hot',
    outputs: sign ? 1 : names.length,
    classes: names,
    classOf,
    write: sign
      ? (Y, i, position) => Y.set(i, 0, 2 * classOf[position] - 1)
      : (Y, i, position) => Y.row(i).fill(0).set([1], classOf[position]),
  }
}

/** ±1 or one-hot. */
function codedAsSign(
  table: Table,
  column: Column,
  names: string[],
  { loss, outputs }: TargetSettings,
): boolean {
  const two = names.length === 2
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`
  const found = `column "${column.name}" has ${names.length}: ${shown}`
  if (loss === 'hinge' || loss === 'logistic') {
    if (outputs === 'one-hot') {
      throw targetError(
        table,
        column,
        `${NEEDS[loss]} and one output. Set the outputs to auto or scalar.`,
        'network.outputs',
      )
    }
    if (!two) {
      const remedy = 'Choose the squared loss or cross-entropy, or a target with two classes.'
      throw targetError(table, column, `${NEEDS[loss]}; ${found}. ${remedy}`)
    }
    return true
  }
  if (outputs === 'scalar' && (loss === 'cross-entropy' || !two)) {
    const need =
      loss === 'cross-entropy' ? 'Cross-entropy needs one output a class' : 'One output needs two classes'
    throw targetError(
      table,
      column,
      `${need}; ${found}. Set the outputs to auto or one-hot.`,
      'network.outputs',
    )
  }
  return takesQuantities(loss) && outputs !== 'one-hot' && two
}

/** @throws BidualError at the first of the rows whose target is missing or no number. */
function requireKnown(table: Table, column: Column, rows: Int32Array): void {
  const stray = firstStray(column, rows)
  if (stray) {
    const place = { file: table.name, row: sourceRow(table, stray.row), column: column.name }
    throw new BidualError(
      'bad-input',
      `Expected a number in the target column, found "${stray.text}". Correct this cell, or choose another target.`,
      place,
    )
  }
  const missing = missingMask(column)
  const row = rows.find((candidate) => missing[candidate] === 1)
  if (row === undefined) return
  throw new BidualError(
    'bad-input',
    'The target is missing in this row. Fill it in, or add the step impute with drop-row.',
    { file: table.name, row: sourceRow(table, row), column: column.name },
  )
}

/** An error at a target column. */
export function targetError(
  table: Table,
  column: Column,
  message: string,
  path = 'dataset.target',
): BidualError {
  return new BidualError('bad-input', message, { file: table.name, column: column.name, path })
}
