/** Which columns are features and which the target. */
import { BidualError } from '../errors.ts'
import { isFileDataset, type Dataset } from '../experiments/document.ts'
import { columnIndex, type Table } from './table.ts'

export interface ColumnSelection {
  features: number[]
  targets: number[]
  /** The document did not name the target. */
  guessed: boolean
}

/** Headers that call a column the target, best first. */
const TARGET_NAMES = ['class', 'target', 'label', 'labels', 'y', 'clase', 'outcome']

/**
 * Index of the column that is most likely the target: the one that the format names, one that is called like a
 * target, the last one. Null for images without labels: no pixel is a target.
 */
export function guessTarget(table: Table): number | null {
  if (table.target !== null) return table.target
  if (table.format === 'idx') return null
  const names = table.columns.map((column) => column.name.toLowerCase())
  const named = TARGET_NAMES.map((name) => names.indexOf(name)).find((index) => index >= 0)
  return named ?? table.columns.length - 1
}

/**
 * Target and features of a table as the document asks: all columns that are neither target nor excluded.
 *
 * @throws BidualError for columns that do not exist, a target that is excluded or named twice, and no features left.
 */
export function selectColumns(table: Table, dataset: Dataset): ColumnSelection {
  const { target, exclude = [] } = isFileDataset(dataset) ? dataset : {}
  const targets = target === undefined ? [requireGuess(table)] : namedTargets(table, target)
  const excluded = new Set(exclude.map((column, i) => columnIndex(table, column, `dataset.exclude[${i}]`)))
  const lost = targets.find((index) => excluded.has(index))
  if (lost !== undefined) {
    throw new BidualError(
      'bad-input',
      `Column "${table.columns[lost].name}" is the target and cannot be excluded.`,
      {
        file: table.name,
        path: 'dataset.exclude',
      },
    )
  }
  const features = table.columns.map((_, j) => j).filter((j) => !targets.includes(j) && !excluded.has(j))
  if (features.length === 0) throw noFeatures(table)
  return { features, targets, guessed: target === undefined }
}

function namedTargets(table: Table, target: string | number | (string | number)[]): number[] {
  if (!Array.isArray(target)) return [columnIndex(table, target, 'dataset.target')]
  const indices = target.map((column, i) => columnIndex(table, column, `dataset.target[${i}]`))
  const repeated = indices.findIndex((index, i) => indices.indexOf(index) < i)
  if (repeated < 0) return indices
  throw new BidualError('bad-input', `Column "${table.columns[indices[repeated]].name}" is named twice.`, {
    file: table.name,
    path: `dataset.target[${repeated}]`,
  })
}

function requireGuess(table: Table): number {
  const guess = guessTarget(table)
  if (guess !== null) return guess
  throw new BidualError(
    'bad-input',
    'The images have no labels. Name the IDX file that holds them as dataset.labels.',
    {
      file: table.name,
      path: 'dataset.labels',
    },
  )
}

function noFeatures(table: Table): BidualError {
  return new BidualError(
    'bad-input',
    `Expected at least one feature beside the target; the table has ${table.columns.length} column${table.columns.length === 1 ? '' : 's'}. ` +
      'Check the delimiter, or exclude fewer columns.',
    { file: table.name, path: 'dataset' },
  )
}
