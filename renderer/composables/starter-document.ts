/** The first experiment on a data set: something that runs at once and is worth running. */
import type { ColumnPreview, DatasetPreview } from '../../core/data/preview-types.ts'
import type { DocumentInput } from '../../core/experiments/document.ts'
import type { DatasetEntry } from '../../core/protocol.ts'
import type { Reading } from '../stores/datasets.ts'

type StepInput = NonNullable<DocumentInput['preprocess']>[number]

/** The file's name without its endings, and without the `_R` of prepared UCI tables. */
const stem = (fileName: string) =>
  fileName.replace(/(\.(csv|tsv|txt|dat|data|gz|idx))+$/i, '').replace(/_R$/, '')

function features({ columns, target }: DatasetPreview): ColumnPreview[] {
  return columns.filter(({ index }) => !target?.columns.includes(index))
}

/** Names and row numbers as text: as indicators every row would get a column of its own. */
const identifiers = (preview: DatasetPreview) =>
  features(preview).filter(
    ({ kind, distinct }) => kind === 'categorical' && distinct > 1 && distinct === preview.rows,
  )

const constant = ({ min, max }: ColumnPreview) => min !== null && min === max

/** Steps that the columns need before a network can take them, in the order in which they work. */
function steps(preview: DatasetPreview): StepInput[] {
  if (preview.image) return [{ step: 'scale', by: 1 / 255 }]
  const left = identifiers(preview)
  const columns = features(preview).filter((column) => !left.includes(column))
  const found: StepInput[] = []
  if (columns.some(({ missing }) => missing > 0)) found.push({ step: 'impute', with: 'mean' })
  if (columns.some(({ kind }) => kind === 'categorical')) found.push({ step: 'one-hot' })
  // A constant column has no standard deviation to divide by.
  found.push(columns.some(constant) ? { step: 'center' } : { step: 'standardize' })
  return found
}

const sameNames = ({ columns }: DatasetPreview) =>
  new Set(columns.map(({ name }) => name)).size < columns.length

/** Columns are named where the names are the file's own and tell them apart, else counted. */
function reference(preview: DatasetPreview): (index: number) => string | number {
  const named = !sameNames(preview) && (preview.dialect === null || preview.dialect.header)
  return (index) => (named ? preview.columns[index].name : index)
}

/** What the document says of columns: the target, and what is neither target nor feature. */
function columnRoles(preview: DatasetPreview): {
  target?: string | number | (string | number)[]
  exclude?: (string | number)[]
} {
  // Images have files of labels in place of columns.
  if (preview.image || !preview.target) return {}
  const refer = reference(preview)
  const target = preview.target.columns.map(refer)
  const exclude = identifiers(preview).map(({ index }) => refer(index))
  return { target: target.length === 1 ? target[0] : target, ...(exclude.length > 0 && { exclude }) }
}

/**
 * @param reading how the person wants the file read; recorded in the document
 * @returns a document with the convex program and one trained baseline
 */
export function starterDocument(
  entry: DatasetEntry,
  preview: DatasetPreview,
  reading: Reading = {},
): DocumentInput {
  return {
    version: 1,
    name: `${stem(entry.fileName)}, two-layer ReLU`,
    dataset: {
      file: entry.file,
      ...reading,
      ...columnRoles(preview),
    },
    preprocess: steps(preview),
    split: { test: 0.2 },
    network: { family: 'relu' },
    loss: 'squared',
    beta: 0.1,
    methods: [{ id: 'convex' }, { id: 'sgd', trials: 3 }],
  }
}

/** An experiment that needs no file: points from a planted network. */
export function blankDocument(): DocumentInput {
  return {
    version: 1,
    name: 'New experiment',
    dataset: { generator: 'planted' },
    network: { family: 'relu' },
    loss: 'squared',
    beta: 0.1,
    methods: [{ id: 'convex' }],
  }
}
