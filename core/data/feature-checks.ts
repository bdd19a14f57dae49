/** Refusals before anything is allocated: every feature must end as a finite number. */
import { BidualError } from '../errors.ts'
import type { Step } from '../experiments/document.ts'
import { isExpanded } from './frame.ts'
import { isInfinite } from './readers/cells.ts'
import { firstStray, missingMask, sourceRow, type Column, type StrayCell, type Table } from './table.ts'

/**
 * @param rows rows of the table that are used
 * @throws BidualError at the first feature that is text, or has a cell that is no number or missing, and that no step
 *   takes care of.
 */
export function checkFeatures(
  table: Table,
  features: readonly number[],
  steps: readonly Step[],
  rows: Int32Array,
): void {
  const fills = steps.some((step) => step.step === 'impute')
  for (const index of features) {
    const column = table.columns[index]
    const expanded = steps.some((step) => isExpanded(step, table, index))
    if (!expanded) checkNumeric(table, column, rows)
    if (!fills && canBeMissing(column)) checkComplete(table, column, rows)
  }
}

function checkNumeric(table: Table, column: Column, rows: Int32Array): void {
  if (column.kind === 'categorical') {
    const row = rows.find((candidate) => column.codes[candidate] >= 0) ?? rows[0]
    const found = column.categories[column.codes[row]] ?? ''
    const message =
      `Expected numbers, found text such as "${found}". Add the step one-hot to make indicators of it, ` +
      `or exclude the column.`
    throw new BidualError('bad-input', message, place(table, column, row))
  }
  const stray = firstStray(column, rows)
  if (stray) throw strayError(table, column, stray, column.strays.length)
}

function strayError(table: Table, column: Column, stray: StrayCell, count: number): BidualError {
  const more = count > 1 ? ` ${count} cells of this column are like it.` : ''
  const expected = isInfinite(stray.text) ? 'a finite number' : 'a number'
  const remedy = isInfinite(stray.text)
    ? 'Correct it, or leave it empty and add the step impute.'
    : 'Correct it, leave it empty and add the step impute, or name the column in a one-hot step to treat it as text.'
  const message = `Expected ${expected}, found "${stray.text}".${more} ${remedy}`
  return new BidualError('bad-input', message, place(table, column, stray.row))
}

/** Arrays of whole numbers hold no NaN. */
function canBeMissing(column: Column): boolean {
  return (
    column.kind === 'categorical' ||
    column.values instanceof Float64Array ||
    column.values instanceof Float32Array
  )
}

function checkComplete(table: Table, column: Column, rows: Int32Array): void {
  const missing = missingMask(column)
  let [count, row] = [0, -1]
  for (let i = rows.length - 1; i >= 0; i--) if (missing[rows[i]] === 1) [count, row] = [count + 1, rows[i]]
  if (count === 0) return
  const cells =
    count === 1 ? 'This cell is missing' : `This cell and ${count - 1} more of the column are missing`
  const message = `${cells}. Add the step impute (mean, zero or drop-row), or exclude the column.`
  throw new BidualError('bad-input', message, place(table, column, row))
}

function place(table: Table, column: Column, row: number): BidualError['place'] {
  return { file: table.name, row: sourceRow(table, row), column: column.name }
}
