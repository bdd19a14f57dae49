/** From a table to a problem: the one way in which data reach the methods. */
import { BidualError } from '../errors.ts'
import { isFileDataset, type ConcreteDocument } from '../experiments/document.ts'
import type { Problem } from '../experiments/problem.ts'
import type { ProblemSummary } from '../experiments/result.ts'
import { Matrix } from '../linalg/matrix.ts'
import { allRows } from './classes.ts'
import { checkFeatures } from './feature-checks.ts'
import { CONSTANT, fillNumbers, planColumns, type Frame } from './frame.ts'
import { generateTable, tableDigest } from './generators/index.ts'
import { applySteps, selectRows, type FittedStep } from './preprocess/index.ts'
import { tooLarge } from './readers/reader.ts'
import { selectColumns } from './select-columns.ts'
import { shownRows } from '../geometry/shown-rows.ts'
import { spikeFacts } from '../geometry/spike-facts.ts'
import { spectrumOf, whitenedError } from './spectrum.ts'
import { splitRows, type SplitRows } from './split.ts'
import type { Table } from './table.ts'
import { encodeTargets, type EncodedTargets } from './targets.ts'

export interface PrepareOptions {
  document: ConcreteDocument
  /** What the document's file was read to; generators make their own. */
  table?: Table
  /** Of the file's bytes, in hexadecimal; of generated values when absent. */
  sha256?: string
  /** A zeroed array of that many numbers, on shared memory where the host has it. */
  allocate: (length: number) => Float64Array
  /** Most bytes that X and Y may take; asked before anything is allocated. */
  memoryLimit?: number
}

export interface Prepared {
  problem: Problem
  /** Names of the columns of X. */
  features: string[]
  /** What each step found, in order. */
  fitted: FittedStep[]
  warnings: string[]
  /** Of X and Y, training and test. */
  memoryBytes: number
}

/**
 * Selects columns and rows, codes the target, splits, fits the steps on the training rows and applies them to both
 * parts.
 *
 * @throws BidualError for every mistake in data or document that would make the problem something else than asked,
 *   with file, row and column; `too-large` before allocating more than the limit.
 */
export function prepareProblem(options: PrepareOptions): Prepared {
  const { document } = options
  const table = options.table ?? tableFor(document)
  const selection = selectColumns(table, document.dataset)
  const chosen = selectRows({ table, ...selection, rows: allRows(table) }, document.preprocess)
  const settings = { loss: document.loss, outputs: document.network.outputs }
  const targets = encodeTargets(table, selection.targets, chosen.rows, settings)
  checkFeatures(table, selection.features, document.preprocess, chosen.rows)
  const split = splitRows(document.split, chosen.rows.length, targets.classOf)
  const { frame, memoryBytes } = allocateFrame(options, table, selection.features, chosen.rows, split)
  const Y = [split.train, split.test].map((positions) => targetMatrix(options, targets, positions))
  fillNumbers(frame)
  const applied = applySteps(frame, document.preprocess)
  requireFinite(frame)
  const fitted = [...chosen.records, ...applied].filter((record) => record !== null)
  const summary = summarize(options, table, frame, targets, split)
  return {
    problem: {
      X: frame.train,
      Y: Y[0],
      test: split.test.length > 0 ? { X: frame.test, Y: Y[1] } : null,
      network: document.network,
      loss: document.loss,
      beta: document.beta,
      summary,
    },
    features: frame.columns.map(({ name }) => name),
    fitted,
    warnings: [...table.notes, ...fitted.flatMap(({ warnings }) => warnings), ...constantColumns(frame)],
    memoryBytes: memoryBytes + 8 * targets.outputs * chosen.rows.length,
  }
}

function tableFor({ dataset }: ConcreteDocument): Table {
  if (!isFileDataset(dataset)) return generateTable(dataset)
  throw new BidualError('internal', 'A file data set was prepared without its table.', { file: dataset.file })
}

function allocateFrame(
  { document, allocate, memoryLimit = Infinity }: PrepareOptions,
  table: Table,
  features: readonly number[],
  rows: Int32Array,
  split: SplitRows,
): { frame: Frame; memoryBytes: number } {
  const trainRows = split.train.map((position) => rows[position])
  const testRows = split.test.map((position) => rows[position])
  const columns = planColumns(table, features, document.preprocess, trainRows)
  if (columns.length === 0) {
    throw new BidualError('bad-input', 'Every feature is missing in all training rows. Exclude them.', {
      file: table.name,
    })
  }
  const memoryBytes = 8 * columns.length * rows.length
  if (memoryBytes > memoryLimit) throw tooLarge(memoryBytes, memoryLimit, table.name)
  const matrix = (count: number) => new Matrix(count, columns.length, allocate(count * columns.length))
  const frame = {
    table,
    columns,
    train: matrix(trainRows.length),
    test: matrix(testRows.length),
    trainRows,
    testRows,
  }
  return { frame, memoryBytes }
}

function targetMatrix({ allocate }: PrepareOptions, targets: EncodedTargets, positions: Int32Array): Matrix {
  const Y = new Matrix(positions.length, targets.outputs, allocate(positions.length * targets.outputs))
  positions.forEach((position, i) => targets.write(Y, i, position))
  return Y
}

/** Every cell was a finite number or was filled; a step may still have left the range of double precision. */
function requireFinite(frame: Frame): void {
  for (const matrix of [frame.train, frame.test]) {
    let at = 0
    while (at < matrix.data.length && Number.isFinite(matrix.data[at])) at++
    if (at === matrix.data.length) continue
    const { name } = frame.columns[at % matrix.cols]
    throw new BidualError(
      'bad-input',
      'A preprocessing step turned a value of this column into one that is not finite. Check the factor of scale, ' +
        'and put impute before the steps that need every cell.',
      { file: frame.table.name, column: name, path: 'preprocess' },
    )
  }
}

function summarize(
  { sha256 }: PrepareOptions,
  table: Table,
  { train: X }: Frame,
  targets: EncodedTargets,
  split: SplitRows,
): ProblemSummary {
  const { rank, rankCentered, sigmaMax, sigmaMin } = spectrumOf(X)
  const spikeFree = spikeFacts(X)
  const classCounts = targets.classes.map(() => 0)
  if (targets.classOf) for (const position of split.train) classCounts[targets.classOf[position]]++
  const isImage = table.image && table.image.height * table.image.width * table.image.channels === X.cols
  return {
    sha256: sha256 ?? tableDigest(table),
    n: X.rows,
    d: X.cols,
    outputs: targets.outputs,
    nTest: split.test.length,
    classes: targets.classes,
    classCounts,
    labels: targets.labels,
    rank,
    rankWithOnes: rankCentered + 1,
    rankCentered,
    sigmaMax,
    sigmaMin,
    whitenedError: whitenedError(X),
    spikeFree,
    shownRows: shownRows(X, spikeFree),
    image: isImage ? table.image : null,
  }
}

/** Constant features help no network and make some theorems fail: worth a word. */
function constantColumns({ train, columns }: Frame): string[] {
  const constant = columns.filter(({ source }, j) => {
    if (source === CONSTANT) return false
    for (let i = 1; i < train.rows; i++) if (train.get(i, j) !== train.get(0, j)) return false
    return true
  })
  if (constant.length === 0) return []
  const names = constant.slice(0, 5).map(({ name }) => `"${name}"`)
  const are = constant.length === 1 ? 'column is' : 'columns are'
  return [
    `${constant.length} ${are} constant on the training rows: ${names.join(', ')}${constant.length > 5 ? ', …' : ''}.`,
  ]
}
