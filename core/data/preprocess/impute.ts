import { activeColumns, columnMeans, type Frame } from '../frame.ts'
import { missingMask } from '../table.ts'
import {
  fitted,
  stepError,
  type ChosenRows,
  type FittedStep,
  type RowContext,
  type StepDefinition,
} from './step.ts'

/**
 * Missing cells get the training mean of their column or zero; drop-row leaves out rows with a missing feature or
 * target, before the split. Of a text column the mean is the share of each category, so its indicators get that when
 * its one-hot step comes later.
 */
export const impute: StepDefinition<'impute'> = {
  selectRows(context, settings, path) {
    return settings.with === 'drop-row' ? dropRows(context, path) : null
  },
  apply(frame, settings) {
    return settings.with === 'drop-row' ? null : fill(frame, settings.with)
  },
}

function dropRows({ table, features, targets, rows }: RowContext, path: string): ChosenRows {
  const masks = [...features, ...targets].map((index) => missingMask(table.columns[index]))
  const kept = rows.filter((row) => masks.every((mask) => mask[row] === 0))
  if (kept.length === 0) {
    const message =
      'Every row has a missing cell, so dropping them leaves none. Exclude columns, or impute the mean.'
    throw stepError(message, table, path)
  }
  const sentence = `${rows.length - kept.length} of ${rows.length} rows with missing cells dropped`
  return { rows: kept, fitted: fitted('impute', sentence) }
}

function fill(frame: Frame, rule: 'mean' | 'zero'): FittedStep {
  const columns = activeColumns(frame)
  const value = rule === 'mean' ? columnMeans(frame, columns) : new Float64Array(columns.length)
  const count = fillMissing(frame, columns, value)
  for (const column of frame.columns) if (!column.active) column.missing = rule
  return fitted('impute', `${count} missing cells set to ${rule === 'mean' ? 'the training mean' : 'zero'}`, {
    columns: columns.map((j) => frame.columns[j].name),
    parameters: { value: [...value] },
  })
}

/** NaN → value, in training and test rows; returns how many. */
export function fillMissing(frame: Frame, columns: readonly number[], value: Float64Array): number {
  let count = 0
  for (const matrix of [frame.train, frame.test]) {
    for (let i = 0; i < matrix.rows; i++) {
      const row = matrix.row(i)
      for (let k = 0; k < columns.length; k++) {
        if (!Number.isNaN(row[columns[k]])) continue
        row[columns[k]] = value[k]
        count++
      }
    }
  }
  return count
}
