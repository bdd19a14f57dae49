import { hostOf, type RealArray } from './places.ts'
import type { Dense } from './staging.ts'

/** Images of height×width pixels of some channels, and where a filter is put on them. */
export interface PatchPositions {
  height: number
  width: number
  channels: number
  filterHeight: number
  filterWidth: number
  stride: number
  /** Rows above and columns before the image where the first patch begins. */
  above: number
  before: number
  /** Patches along each axis. */
  down: number
  across: number
}

/**
 * Rows of the matrix of all patches, from `first` on as many as `out` has: patch k of image i is row i·down·across + k,
 * its entries in row-major order with channels fastest; zeros where it leaves the image.
 *
 * @param X one image a row
 */
export function copyPatches(
  X: Dense<RealArray>,
  positions: PatchPositions,
  first: number,
  out: Dense<RealArray>,
): void {
  const { height, width, channels, filterHeight, filterWidth, stride } = positions
  const { above, before, down, across } = positions
  const size = X.data.BYTES_PER_ELEMENT
  const host = hostOf(X.data, out.data)
  if (host) {
    const [from, image, pixel, to] = [X.data.byteOffset, X.cols * size, channels * size, out.data.byteOffset]
    const filter = [filterHeight, filterWidth, stride] as const
    const grid = [above, before, down, across] as const
    host.kernels.copyPatches(from, image, height, width, pixel, ...filter, ...grid, first, out.rows, to)
    return
  }
  out.data.fill(0)
  const count = down * across
  for (let r = 0; r < out.rows; r++) {
    const sample = Math.floor((first + r) / count)
    const k = first + r - sample * count
    const top = Math.floor(k / across) * stride - above
    const left = (k % across) * stride - before
    copyPatch(X.data, sample * X.cols, positions, top, left, out.data, r * out.cols)
  }
}

/**
 * Writes the patch with its first pixel at (top, left) to `to`, from entry `at` on, where it lies inside the image that
 * begins at entry `image` of `from`.
 */
function copyPatch(
  from: RealArray,
  image: number,
  { height, width, channels, filterHeight, filterWidth }: PatchPositions,
  top: number,
  left: number,
  to: RealArray,
  at: number,
): void {
  const [first, end] = [Math.max(0, left), Math.min(width, left + filterWidth)]
  const count = (end - first) * channels
  for (let row = Math.max(0, -top); row < filterHeight && top + row < height; row++) {
    const source = image + ((top + row) * width + first) * channels
    const target = at + (row * filterWidth + first - left) * channels
    for (let i = 0; i < count; i++) to[target + i] = from[source + i]
  }
}
