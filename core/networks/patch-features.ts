import { Matrix } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import { BLOCK_ENTRIES, rowBlocks, rowRange, type RowBlock } from './blocks.ts'
import { extractPatches, patchCount, patchGrid, patchSize, type PatchGeometry } from './patches.ts'

/** How images become features (Ergen & Pilanci 2021, Alg. 2): patches, normalised, whitened, times filters, pooled. */
export interface PatchEncoder {
  geometry: PatchGeometry
  /** Added to the variance of a patch before its root divides the patch. */
  varianceFloor: number
  /** Mean of the normalised patches, h entries. */
  mean: Float64Array
  /** h×h, symmetric; the identity without whitening. */
  whitening: Matrix
  /** h×P, a unit filter a column. */
  filters: Matrix
  /** Over the positions in one cell of the image. */
  pooling: 'max' | 'average'
  /** Cells along each axis of the image. */
  cells: number
}

/** P·cells²: features of one image. */
export const featureCount = ({ filters, cells }: PatchEncoder): number => filters.cols * cells * cells

/** (p − mean(p))/√(var(p) + floor) of every row, in place; a row has one variance over its pixels and channels. */
export function normalizePatches(patches: Matrix, varianceFloor: number): Matrix {
  for (let i = 0; i < patches.rows; i++) {
    const p = patches.row(i)
    let sum = 0
    for (const value of p) sum += value
    const mean = sum / p.length
    let squares = 0
    for (const value of p) squares += (value - mean) ** 2
    const scale = 1 / Math.sqrt(squares / p.length + varianceFloor)
    for (let k = 0; k < p.length; k++) p[k] = (p[k] - mean) * scale
  }
  return patches
}

/** Row ranges of X whose patches fit a block of memory. */
export function encodingBlocks({ geometry, filters }: PatchEncoder, rows: number): RowBlock[] {
  return rowBlocks(rows, patchCount(geometry) * (patchSize(geometry) + filters.cols), BLOCK_ENTRIES)
}

/** The features of the rows of X: rows×(cells²·P), cell by cell in row-major order, max(·, 0) of each filter pooled. */
export function encode(encoder: PatchEncoder, X: Matrix): Matrix {
  const features = Matrix.zeros(X.rows, featureCount(encoder))
  for (const block of encodingBlocks(encoder, X.rows)) encodeBlock(encoder, X, block, features)
  return features
}

/** The features of some rows of X, written to the same rows of `features`. */
export function encodeBlock(
  encoder: PatchEncoder,
  X: Matrix,
  { first, rows }: RowBlock,
  features: Matrix,
): void {
  const { geometry, varianceFloor, mean, whitening, filters } = encoder
  const patches = normalizePatches(extractPatches(rowRange(X, first, rows), geometry), varianceFloor)
  const projection = multiply(whitening, filters)
  const offset = multiply(new Matrix(1, mean.length, mean), projection).data
  pool(encoder, multiply(patches, projection), offset, rowRange(features, first, rows))
}

/** Pools max(Z − 1·offsetᵀ, 0), the rows of Z being the positions of one image after the other. */
function pool(encoder: PatchEncoder, Z: Matrix, offset: Float64Array, features: Matrix): void {
  const P = offset.length
  const cellOf = cellsOfPositions(encoder)
  const shares = new Float64Array(encoder.cells ** 2)
  for (const cell of cellOf) shares[cell]++
  const isMax = encoder.pooling === 'max'
  for (let i = 0, at = 0; i < features.rows; i++) {
    for (const cell of cellOf) {
      const to = i * features.cols + cell * P
      if (isMax) raise(features.data, to, Z.data, at, offset)
      else addPositive(features.data, to, Z.data, at, offset, 1 / shares[cell])
      at += P
    }
  }
}

/** Entries from `to` on become the larger of themselves and those of Z from `at` on, less the offset. */
function raise(out: Float64Array, to: number, Z: Float64Array, at: number, offset: Float64Array): void {
  for (let j = 0; j < offset.length; j++) {
    const value = Z[at + j] - offset[j]
    if (value > out[to + j]) out[to + j] = value
  }
}

/** Adds the positive ones, times a share. */
function addPositive(
  out: Float64Array,
  to: number,
  Z: Float64Array,
  at: number,
  offset: Float64Array,
  share: number,
): void {
  for (let j = 0; j < offset.length; j++) {
    const value = Z[at + j] - offset[j]
    if (value > 0) out[to + j] += share * value
  }
}

/** The cell of every position of the filter, in the order of the patches. */
function cellsOfPositions({ geometry, cells }: PatchEncoder): Int32Array {
  const { down, across } = patchGrid(geometry)
  return Int32Array.from({ length: down * across }, (_, k) => {
    const row = Math.floor((Math.floor(k / across) * cells) / down)
    const col = Math.floor(((k % across) * cells) / across)
    return row * cells + col
  })
}
