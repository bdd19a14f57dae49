import { hostOf, type RealArray } from './places.ts'
import { Staging, type Dense } from './staging.ts'

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
 * its entries in row-major order with channels fastest; zeros where it leaves the image. Made by the compiled kernel when
 * `out` lies in the kernel memory; images from elsewhere are copied there first, which is little beside their patches.
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
  const count = down * across
  const host = hostOf(out.data)
  if (host) {
    const sample = Math.floor(first / count)
    const images = X.data.subarray(sample * X.cols, Math.ceil((first + out.rows) / count) * X.cols)
    host.scratch((arena) => {
      const from = new Staging(host, arena).input(images)
      const size = images.BYTES_PER_ELEMENT
      const filter = [filterHeight, filterWidth, stride] as const
      const grid = [above, before, down, across, first - sample * count] as const
      const to = out.data.byteOffset
      host.kernels.copyPatches(
        from,
        X.cols * size,
        height,
        width,
        channels * size,
        ...filter,
        ...grid,
        out.rows,
        to,
      )
    })
    return
  }
  out.data.fill(0)
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
