/** Several target columns: a vector output. */
import type { Matrix } from '../linalg/matrix.ts'
import type { NumericColumn, Table } from './table.ts'
import { targetError, type EncodedTargets, type TargetSettings } from './targets.ts'

/**
 * Columns of numbers as they are; rows that hold a single 1 and zeros are one-hot and the columns name the classes.
 *
 * @throws BidualError for text columns, scalar outputs, and losses that cannot have such targets.
 */
export function encodeVector(
  table: Table,
  indices: readonly number[],
  rows: Int32Array,
  { loss, outputs }: TargetSettings,
): EncodedTargets {
  const columns = indices.map((index) => requireNumeric(table, index))
  const fail = (message: string, path?: string) => targetError(table, columns[0], message, path)
  const several = `${columns.length} target columns make ${columns.length} outputs`
  if (loss === 'hinge' || loss === 'logistic') {
    throw fail(
      `${several}; the ${loss} loss has one, with labels ±1. Name one target, or choose the squared loss.`,
    )
  }
  if (outputs === 'scalar')
    throw fail(`${several}, not a scalar one. Set the outputs to auto.`, 'network.outputs')
  const classOf = oneHotClasses(columns, rows)
  if (!classOf && (loss === 'cross-entropy' || outputs === 'one-hot')) {
    throw fail(
      'Expected one-hot targets: a single 1 and zeros in every row. Choose the squared loss with auto outputs.',
    )
  }
  return {
    labels: classOf ? 'one-hot' : 'real',
    outputs: columns.length,
    classes: classOf ? columns.map((column) => column.name) : [],
    classOf,
    write: (Y: Matrix, i: number, position: number) =>
      columns.forEach((column, k) => Y.set(i, k, column.values[rows[position]])),
  }
}

function requireNumeric(table: Table, index: number): NumericColumn {
  const column = table.columns[index]
  if (column.kind === 'numeric') return column
  throw targetError(
    table,
    column,
    `Expected numbers in each of several targets; column "${column.name}" holds text.`,
  )
}

/** The column with the 1 of each row; null unless every row has exactly one 1 and zeros. */
function oneHotClasses(columns: readonly NumericColumn[], rows: Int32Array): Int32Array | null {
  const classOf = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const values = columns.map((column) => column.values[rows[i]])
    const ones = values.filter((value) => value === 1).length
    if (ones !== 1 || values.filter((value) => value === 0).length !== columns.length - 1) return null
    classOf[i] = values.indexOf(1)
  }
  return classOf
}
