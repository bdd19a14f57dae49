/** IDX (MNIST and its relatives): images or vectors in one file, their labels in another. */
import { BidualError } from '../../errors.ts'
import {
  categoricalColumn,
  type CategoricalColumn,
  type ImageShape,
  type NumericArray,
  type Table,
} from '../table.ts'
import {
  checkIdxSize,
  isIdx,
  readIdxHeader,
  tooLong,
  truncated,
  expectedBytes,
  type IdxHeader,
} from './idx-header.ts'
import { openFile } from './open.ts'
import { tooLarge, type OpenedFile, type Reader, type ReadOptions, type SizeEstimate } from './reader.ts'

/** Name of the column that holds the labels. */
export const LABEL_COLUMN = 'label'

/** `train-images-idx3-ubyte.gz` → `train-labels-idx1-ubyte.gz`; null for names that follow no such habit. */
export function labelsNameFor(imagesName: string): string | null {
  if (!/images/.test(imagesName)) return null
  return imagesName.replace('images', 'labels').replace(/idx\d/, 'idx1')
}

export const idxReader: Reader = {
  title: 'IDX images and labels',
  detect: (file) => isIdx(file.head),
  estimate: (file) => estimate(checkedHeader(file)),
  async read(file, options) {
    const header = checkedHeader(file)
    if (header.dimensions.length === 1) throw onlyLabels(file.name)
    const { bytes } = estimate(header)
    if (bytes > options.memoryLimit) throw tooLarge(bytes, options.memoryLimit, file.name)
    // Labels first: they are small, and a mistake in them is found before the images are read.
    const labels = options.labels ? await readLabels(options, header.dimensions[0], file.name) : null
    return asTable(file, header, await readColumns(file, header), labels)
  },
}

/** The header, once the size of the file is what it promises. */
function checkedHeader(file: OpenedFile): IdxHeader {
  const header = readIdxHeader(file.head, file.name)
  checkIdxSize(header, file.size, file.storedSize, file.name)
  return header
}

function estimate(header: IdxHeader): SizeEstimate {
  const [rows] = header.dimensions
  return { rows, columns: header.stride, bytes: rows * header.stride * header.type.bytes, exact: true }
}

function asTable(
  file: OpenedFile,
  header: IdxHeader,
  columns: NumericArray[],
  labels: CategoricalColumn | null,
): Table {
  const image = imageShape(header)
  const pixels = columns.map((values, j) => ({
    kind: 'numeric' as const,
    name: image ? pixelName(image, j) : `c${j + 1}`,
    values,
    strays: [],
  }))
  return {
    name: file.name,
    format: 'idx',
    gzip: file.gzip,
    dialect: null,
    rows: header.dimensions[0],
    columns: labels ? [...pixels, labels] : pixels,
    lines: null,
    image,
    target: labels ? pixels.length : null,
    notes: [],
  }
}

function imageShape({ dimensions }: IdxHeader): ImageShape | null {
  if (dimensions.length < 3) return null
  const [, height, width, channels = 1] = dimensions
  return { height, width, channels }
}

/** Rows and columns of pixels count from 1, as the rows of a table do. */
function pixelName({ width, channels }: ImageShape, index: number): string {
  const pixel = Math.floor(index / channels)
  const place = `pixel ${Math.floor(pixel / width) + 1},${(pixel % width) + 1}`
  return channels === 1 ? place : `${place} channel ${(index % channels) + 1}`
}

/**
 * Scatters the stream into one array a column: n×d elements in file order become d arrays of n. Only one piece of
 * the file is in memory besides them.
 */
async function readColumns(file: OpenedFile, header: IdxHeader): Promise<NumericArray[]> {
  const { type, stride, dimensions } = header
  const columns = Array.from({ length: stride }, () => type.make(dimensions[0]))
  const count = dimensions[0] * stride
  let element = 0
  let skip = header.length
  let rest = new Uint8Array(0)
  for await (const chunk of file.stream) {
    const skipped = Math.min(skip, chunk.length)
    skip -= skipped
    const bytes = rest.length === 0 ? chunk.subarray(skipped) : joined(rest, chunk.subarray(skipped))
    const whole = Math.floor(bytes.length / type.bytes)
    if (element + whole > count) throw tooLong(expectedBytes(header), file.name)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let i = 0; i < whole; i++, element++) {
      columns[element % stride][Math.floor(element / stride)] = type.get(view, i * type.bytes)
    }
    rest = bytes.slice(whole * type.bytes)
  }
  if (element < count) {
    throw truncated(expectedBytes(header), header.length + element * type.bytes + rest.length, file.name)
  }
  if (rest.length > 0) throw tooLong(expectedBytes(header), file.name)
  return columns
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length + b.length)
  result.set(a)
  result.set(b, a.length)
  return result
}

/** One class name an item. Labels are names whatever their type: 7 is no more than 3. */
async function readLabels(options: ReadOptions, items: number, images: string): Promise<CategoricalColumn> {
  const file = await openFile(options.labels!, options.memoryLimit)
  const header = checkedHeader(file)
  const shape = header.dimensions.join('×')
  if (header.stride !== 1) {
    throw new BidualError('bad-input', `Expected one label an item; the file has shape ${shape}.`, {
      file: file.name,
    })
  }
  if (header.dimensions[0] !== items) {
    throw new BidualError(
      'bad-input',
      `Expected ${items} labels, one for each item of ${images}; found ${header.dimensions[0]}. ` +
        'Choose the labels that belong to these images.',
      { file: file.name },
    )
  }
  const [values] = await readColumns(file, header)
  return categoricalColumn(LABEL_COLUMN, Array.from(values, String))
}

function onlyLabels(file: string): BidualError {
  return new BidualError(
    'bad-input',
    'Expected items with features; this IDX file has one dimension, as files of labels do. ' +
      'Choose the file of images as the data and name this one as its labels.',
    { file },
  )
}
