/** Patches of images and signals as rows of a matrix (im2col), and where they lie. */
import type { FamilySettings, NetworkSettings } from '../experiments/document.ts'
import type { ProblemSummary } from '../experiments/result.ts'
import { BidualError } from '../errors.ts'
import { copyPatches } from '../kernels/patches.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'

/** Rows of X are images, row-major, channels fastest; a signal is an image of height 1. */
export interface PatchGeometry {
  height: number
  width: number
  channels: number
  filterHeight: number
  filterWidth: number
  stride: number
  /** Zeros at each end of every axis that is longer than 1. */
  padding: number
}

/** Patches along each axis. */
export interface PatchGrid {
  down: number
  across: number
}

/**
 * The geometry that a `conv-bn` document means for data with these facts. Without an image shape, rows are signals
 * 1×d of one channel; a single number is the length of the filter along every axis that is longer than 1.
 *
 * @throws BidualError `bad-input` at network.filter, when the filter is larger than the padded image
 */
export function patchGeometry(
  { filter, stride, padding }: Pick<FamilySettings<'conv-bn'>, 'filter' | 'stride' | 'padding'>,
  { d, image }: Pick<ProblemSummary, 'd' | 'image'>,
): PatchGeometry {
  const { height, width, channels } = image ?? { height: 1, width: d, channels: 1 }
  const along = (side: number, length: number): number => (side === 1 ? 1 : length)
  const [filterHeight, filterWidth] =
    typeof filter === 'number' ? [along(height, filter), along(width, filter)] : filter
  const geometry = { height, width, channels, filterHeight, filterWidth, stride, padding }
  const { down, across } = patchGrid(geometry)
  if (down < 1 || across < 1) {
    throw new BidualError(
      'bad-input',
      `A filter of ${filterHeight}×${filterWidth} does not fit into ${height}×${width} with a padding of ${padding}. Use a smaller filter.`,
      { path: 'network.filter' },
    )
  }
  return geometry
}

/** Why the filter of a network does not fit the data: a sentence; null where it fits, or there is none. */
export function filterMisfit(
  network: NetworkSettings,
  data: Pick<ProblemSummary, 'd' | 'image'>,
): string | null {
  if (network.family !== 'conv-bn') return null
  try {
    patchGeometry(network, data)
    return null
  } catch (error) {
    if (!(error instanceof BidualError)) throw error
    return error.message
  }
}

/** Positions of the filter; below 1 on an axis that it does not fit. */
export function patchGrid(geometry: PatchGeometry): PatchGrid {
  const { height, width, filterHeight, filterWidth, stride } = geometry
  const positions = (side: number, filter: number): number =>
    Math.floor((side + 2 * paddingOf(side, geometry) - filter) / stride) + 1
  return { down: positions(height, filterHeight), across: positions(width, filterWidth) }
}

/** K_p: patches of one row of X. */
export function patchCount(geometry: PatchGeometry): number {
  const { down, across } = patchGrid(geometry)
  return down * across
}

/** h: entries of one patch, filterHeight×filterWidth×channels. */
export const patchSize = ({ filterHeight, filterWidth, channels }: PatchGeometry): number =>
  filterHeight * filterWidth * channels

/**
 * The patches of the rows of X (n×d) as an (n·K_p)×h matrix, grouped by sample: row i·K_p + k is patch k of row i,
 * patches in row-major order of their positions, entries in row-major order with channels fastest.
 */
export function extractPatches<T extends RealArray>(X: Matrix<T>, geometry: PatchGeometry): Matrix<T> {
  const count = patchCount(geometry)
  return patchRange(X, geometry, 0, X.rows * count)
}

/** Rows first … first + rows − 1 of {@link extractPatches}. */
export function patchRange<T extends RealArray>(
  X: Matrix<T>,
  geometry: PatchGeometry,
  first: number,
  rows: number,
): Matrix<T> {
  const { height, width } = geometry
  const patches = X.roomAlike(rows, patchSize(geometry))
  const [above, before] = [paddingOf(height, geometry), paddingOf(width, geometry)]
  copyPatches(X, { ...geometry, ...patchGrid(geometry), above, before }, first, patches)
  return patches
}

/** The patches of every row of `images` where they are: entry j of patch k is starts[k] + offsets[j] in its row. */
export interface ScatteredPatches<T extends RealArray> {
  images: Matrix<T>
  starts: Int32Array
  offsets: Int32Array
}

/** The patches of the rows of X, which are copied only where they need a rim of zeros. */
export function scatteredPatches<T extends RealArray>(
  X: Matrix<T>,
  geometry: PatchGeometry,
): ScatteredPatches<T> {
  const { height, width, channels, filterWidth, stride } = geometry
  const { down, across } = patchGrid(geometry)
  const wide = width + 2 * paddingOf(width, geometry)
  const tall = height + 2 * paddingOf(height, geometry)
  // An image with its rim is the one patch of a filter as large as that.
  const images =
    wide * tall === width * height
      ? X
      : extractPatches(X, { ...geometry, filterHeight: tall, filterWidth: wide, stride: 1 })
  const pixel = (row: number, column: number): number => (row * wide + column) * channels
  const starts = Int32Array.from({ length: down * across }, (_, k) =>
    pixel(Math.floor(k / across) * stride, (k % across) * stride),
  )
  const offsets = Int32Array.from({ length: patchSize(geometry) }, (_, j) => {
    const along = filterWidth * channels
    return pixel(Math.floor(j / along), 0) + (j % along)
  })
  return { images, starts, offsets }
}

/** No padding along an axis of length 1: a signal has no rows above and below it. */
const paddingOf = (side: number, { padding }: PatchGeometry): number => (side === 1 ? 0 : padding)

/** The geometry as the array that a network stores: height, width, channels, fh, fw, stride, padding. */
export const geometryArray = (geometry: PatchGeometry): Float64Array =>
  Float64Array.of(
    geometry.height,
    geometry.width,
    geometry.channels,
    geometry.filterHeight,
    geometry.filterWidth,
    geometry.stride,
    geometry.padding,
  )

/** The inverse of {@link geometryArray}. */
export function geometryOf(stored: RealArray): PatchGeometry {
  const [height, width, channels, filterHeight, filterWidth, stride, padding] = stored
  return { height, width, channels, filterHeight, filterWidth, stride, padding }
}
