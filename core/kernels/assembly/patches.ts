/**
 * Rows first … first + rows − 1 of the matrix of all patches (im2col), each of filterHeight·filterWidth pixels of `pixel`
 * bytes, from images of `image` bytes of which `x` is the first; zeros where a patch leaves its image.
 */
export function copyPatches(
  x: usize,
  image: usize,
  height: i32,
  width: i32,
  pixel: i32,
  filterHeight: i32,
  filterWidth: i32,
  stride: i32,
  above: i32,
  before: i32,
  down: i32,
  across: i32,
  first: i32,
  rows: i32,
  to: usize,
): void {
  const count = down * across
  const patch = filterHeight * filterWidth * pixel
  let from = x + <usize>(first / count) * image
  let k = first % count
  for (let r = 0; r < rows; r++) {
    const top = (k / across) * stride - above
    const left = (k % across) * stride - before
    if (top >= 0 && left >= 0 && top + filterHeight <= height && left + filterWidth <= width) {
      for (let row = 0; row < filterHeight; row++) {
        copyWords(
          from + <usize>(((top + row) * width + left) * pixel),
          to + <usize>(row * filterWidth * pixel),
          filterWidth * pixel,
        )
      }
    } else copyInside(from, height, width, pixel, filterHeight, filterWidth, top, left, to)
    to += patch
    k++
    if (k == count) {
      k = 0
      from += image
    }
  }
}

/** A patch that leaves its image. */
function copyInside(
  from: usize,
  height: i32,
  width: i32,
  pixel: i32,
  filterHeight: i32,
  filterWidth: i32,
  top: i32,
  left: i32,
  to: usize,
): void {
  memory.fill(to, 0, filterHeight * filterWidth * pixel)
  const start = max(0, left)
  const bytes = (min(width, left + filterWidth) - start) * pixel
  if (bytes <= 0) return
  for (let row = max(0, -top); row < filterHeight && top + row < height; row++) {
    copyWords(
      from + <usize>(((top + row) * width + start) * pixel),
      to + <usize>((row * filterWidth + start - left) * pixel),
      bytes,
    )
  }
}

/** Few words at a time: a call of memory.copy would take longer. The last vector may overlap the one before. */
@inline
function copyWords(from: usize, to: usize, bytes: i32): void {
  let at: i32 = 0
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at))
  if (at > 0 && at < bytes) {
    v128.store(to + bytes - 16, v128.load(from + bytes - 16))
    return
  }
  for (; at < bytes; at += 4) store<u32>(to + at, load<u32>(from + at))
}
