import { madd } from './simd'
import { TILE_ROWS } from './pack'

/**
 * One 6×(two vectors) tile: C = (strip of A)·(strip of B) + beta·C, where a zero beta never reads C.
 *
 * The twelve accumulators, two vectors of B and one broadcast of A fill the fifteen vector registers that V8 gives
 * out on x64, and the addresses of the broadcasts nearly all the others. Therefore the loop counts by its pointer and is
 * not unrolled. The first step stands before the loop because V8 computes those addresses where they are first used, and
 * would do so in every round: 8 % of the time. All of C is read before any is written, because rows of C that lie a
 * multiple of 4 KiB apart look alike to the processor.
 *
 * No accumulator begins with C or with a zero of its own: V8 pairs neighbouring accumulators to registers of twice the
 * width only where both have the same history (see `wideTile`).
 */
export function tile<T>(a: usize, b: usize, kb: usize, beta: T, c: usize, stride: usize): void {
  let c00: v128
  let c01: v128
  let c10: v128
  let c11: v128
  let c20: v128
  let c21: v128
  let c30: v128
  let c31: v128
  let c40: v128
  let c41: v128
  let c50: v128
  let c51: v128
  let av: v128
  let b0: v128
  let b1: v128
  const stop = b + kb * 32
  b0 = v128.load(b)
  b1 = v128.load(b, 16)
  av = v128.load_splat<T>(a)
  c00 = v128.mul<T>(av, b0)
  c01 = v128.mul<T>(av, b1)
  av = v128.load_splat<T>(a, sizeof<T>())
  c10 = v128.mul<T>(av, b0)
  c11 = v128.mul<T>(av, b1)
  av = v128.load_splat<T>(a, 2 * sizeof<T>())
  c20 = v128.mul<T>(av, b0)
  c21 = v128.mul<T>(av, b1)
  av = v128.load_splat<T>(a, 3 * sizeof<T>())
  c30 = v128.mul<T>(av, b0)
  c31 = v128.mul<T>(av, b1)
  av = v128.load_splat<T>(a, 4 * sizeof<T>())
  c40 = v128.mul<T>(av, b0)
  c41 = v128.mul<T>(av, b1)
  av = v128.load_splat<T>(a, 5 * sizeof<T>())
  c50 = v128.mul<T>(av, b0)
  c51 = v128.mul<T>(av, b1)
  a += TILE_ROWS * sizeof<T>()
  b += 32
  while (b < stop) {
    b0 = v128.load(b)
    b1 = v128.load(b, 16)
    av = v128.load_splat<T>(a)
    c00 = madd<T>(av, b0, c00)
    c01 = madd<T>(av, b1, c01)
    av = v128.load_splat<T>(a, sizeof<T>())
    c10 = madd<T>(av, b0, c10)
    c11 = madd<T>(av, b1, c11)
    av = v128.load_splat<T>(a, 2 * sizeof<T>())
    c20 = madd<T>(av, b0, c20)
    c21 = madd<T>(av, b1, c21)
    av = v128.load_splat<T>(a, 3 * sizeof<T>())
    c30 = madd<T>(av, b0, c30)
    c31 = madd<T>(av, b1, c31)
    av = v128.load_splat<T>(a, 4 * sizeof<T>())
    c40 = madd<T>(av, b0, c40)
    c41 = madd<T>(av, b1, c41)
    av = v128.load_splat<T>(a, 5 * sizeof<T>())
    c50 = madd<T>(av, b0, c50)
    c51 = madd<T>(av, b1, c51)
    a += TILE_ROWS * sizeof<T>()
    b += 32
  }
  if (beta != <T>0) {
    av = v128.splat<T>(beta)
    let row = c
    c00 = madd<T>(av, v128.load(row), c00)
    c01 = madd<T>(av, v128.load(row, 16), c01)
    row += stride
    c10 = madd<T>(av, v128.load(row), c10)
    c11 = madd<T>(av, v128.load(row, 16), c11)
    row += stride
    c20 = madd<T>(av, v128.load(row), c20)
    c21 = madd<T>(av, v128.load(row, 16), c21)
    row += stride
    c30 = madd<T>(av, v128.load(row), c30)
    c31 = madd<T>(av, v128.load(row, 16), c31)
    row += stride
    c40 = madd<T>(av, v128.load(row), c40)
    c41 = madd<T>(av, v128.load(row, 16), c41)
    row += stride
    c50 = madd<T>(av, v128.load(row), c50)
    c51 = madd<T>(av, v128.load(row, 16), c51)
  }
  v128.store(c, c00)
  v128.store(c, c01, 16)
  c += stride
  v128.store(c, c10)
  v128.store(c, c11, 16)
  c += stride
  v128.store(c, c20)
  v128.store(c, c21, 16)
  c += stride
  v128.store(c, c30)
  v128.store(c, c31, 16)
  c += stride
  v128.store(c, c40)
  v128.store(c, c41, 16)
  c += stride
  v128.store(c, c50)
  v128.store(c, c51, 16)
}

/**
 * Two tiles side by side, whose strips of B lie `gap` bytes apart; every entry is computed as `tile` does.
 *
 * Twice as many accumulators as x64 has registers of 128 bits: for processors with more of them (Arm), and for V8 where
 * it joins pairs of vectors to registers of 256 bits. Anywhere else this is half as fast as two tiles.
 */
export function wideTile<T>(
  a: usize,
  b: usize,
  gap: usize,
  kb: usize,
  beta: T,
  c: usize,
  stride: usize,
): void {
  let c00: v128
  let c01: v128
  let c02: v128
  let c03: v128
  let c10: v128
  let c11: v128
  let c12: v128
  let c13: v128
  let c20: v128
  let c21: v128
  let c22: v128
  let c23: v128
  let c30: v128
  let c31: v128
  let c32: v128
  let c33: v128
  let c40: v128
  let c41: v128
  let c42: v128
  let c43: v128
  let c50: v128
  let c51: v128
  let c52: v128
  let c53: v128
  let av: v128
  let b0: v128
  let b1: v128
  let b2: v128
  let b3: v128
  const stop = b + kb * 32
  b0 = v128.load(b)
  b1 = v128.load(b, 16)
  b2 = v128.load(b + gap)
  b3 = v128.load(b + gap, 16)
  av = v128.load_splat<T>(a)
  c00 = v128.mul<T>(av, b0)
  c01 = v128.mul<T>(av, b1)
  c02 = v128.mul<T>(av, b2)
  c03 = v128.mul<T>(av, b3)
  av = v128.load_splat<T>(a, sizeof<T>())
  c10 = v128.mul<T>(av, b0)
  c11 = v128.mul<T>(av, b1)
  c12 = v128.mul<T>(av, b2)
  c13 = v128.mul<T>(av, b3)
  av = v128.load_splat<T>(a, 2 * sizeof<T>())
  c20 = v128.mul<T>(av, b0)
  c21 = v128.mul<T>(av, b1)
  c22 = v128.mul<T>(av, b2)
  c23 = v128.mul<T>(av, b3)
  av = v128.load_splat<T>(a, 3 * sizeof<T>())
  c30 = v128.mul<T>(av, b0)
  c31 = v128.mul<T>(av, b1)
  c32 = v128.mul<T>(av, b2)
  c33 = v128.mul<T>(av, b3)
  av = v128.load_splat<T>(a, 4 * sizeof<T>())
  c40 = v128.mul<T>(av, b0)
  c41 = v128.mul<T>(av, b1)
  c42 = v128.mul<T>(av, b2)
  c43 = v128.mul<T>(av, b3)
  av = v128.load_splat<T>(a, 5 * sizeof<T>())
  c50 = v128.mul<T>(av, b0)
  c51 = v128.mul<T>(av, b1)
  c52 = v128.mul<T>(av, b2)
  c53 = v128.mul<T>(av, b3)
  a += TILE_ROWS * sizeof<T>()
  b += 32
  while (b < stop) {
    b0 = v128.load(b)
    b1 = v128.load(b, 16)
    b2 = v128.load(b + gap)
    b3 = v128.load(b + gap, 16)
    av = v128.load_splat<T>(a)
    c00 = madd<T>(av, b0, c00)
    c01 = madd<T>(av, b1, c01)
    c02 = madd<T>(av, b2, c02)
    c03 = madd<T>(av, b3, c03)
    av = v128.load_splat<T>(a, sizeof<T>())
    c10 = madd<T>(av, b0, c10)
    c11 = madd<T>(av, b1, c11)
    c12 = madd<T>(av, b2, c12)
    c13 = madd<T>(av, b3, c13)
    av = v128.load_splat<T>(a, 2 * sizeof<T>())
    c20 = madd<T>(av, b0, c20)
    c21 = madd<T>(av, b1, c21)
    c22 = madd<T>(av, b2, c22)
    c23 = madd<T>(av, b3, c23)
    av = v128.load_splat<T>(a, 3 * sizeof<T>())
    c30 = madd<T>(av, b0, c30)
    c31 = madd<T>(av, b1, c31)
    c32 = madd<T>(av, b2, c32)
    c33 = madd<T>(av, b3, c33)
    av = v128.load_splat<T>(a, 4 * sizeof<T>())
    c40 = madd<T>(av, b0, c40)
    c41 = madd<T>(av, b1, c41)
    c42 = madd<T>(av, b2, c42)
    c43 = madd<T>(av, b3, c43)
    av = v128.load_splat<T>(a, 5 * sizeof<T>())
    c50 = madd<T>(av, b0, c50)
    c51 = madd<T>(av, b1, c51)
    c52 = madd<T>(av, b2, c52)
    c53 = madd<T>(av, b3, c53)
    a += TILE_ROWS * sizeof<T>()
    b += 32
  }
  if (beta != <T>0) {
    av = v128.splat<T>(beta)
    let row = c
    c00 = madd<T>(av, v128.load(row), c00)
    c01 = madd<T>(av, v128.load(row, 16), c01)
    c02 = madd<T>(av, v128.load(row, 32), c02)
    c03 = madd<T>(av, v128.load(row, 48), c03)
    row += stride
    c10 = madd<T>(av, v128.load(row), c10)
    c11 = madd<T>(av, v128.load(row, 16), c11)
    c12 = madd<T>(av, v128.load(row, 32), c12)
    c13 = madd<T>(av, v128.load(row, 48), c13)
    row += stride
    c20 = madd<T>(av, v128.load(row), c20)
    c21 = madd<T>(av, v128.load(row, 16), c21)
    c22 = madd<T>(av, v128.load(row, 32), c22)
    c23 = madd<T>(av, v128.load(row, 48), c23)
    row += stride
    c30 = madd<T>(av, v128.load(row), c30)
    c31 = madd<T>(av, v128.load(row, 16), c31)
    c32 = madd<T>(av, v128.load(row, 32), c32)
    c33 = madd<T>(av, v128.load(row, 48), c33)
    row += stride
    c40 = madd<T>(av, v128.load(row), c40)
    c41 = madd<T>(av, v128.load(row, 16), c41)
    c42 = madd<T>(av, v128.load(row, 32), c42)
    c43 = madd<T>(av, v128.load(row, 48), c43)
    row += stride
    c50 = madd<T>(av, v128.load(row), c50)
    c51 = madd<T>(av, v128.load(row, 16), c51)
    c52 = madd<T>(av, v128.load(row, 32), c52)
    c53 = madd<T>(av, v128.load(row, 48), c53)
  }
  v128.store(c, c00)
  v128.store(c, c01, 16)
  v128.store(c, c02, 32)
  v128.store(c, c03, 48)
  c += stride
  v128.store(c, c10)
  v128.store(c, c11, 16)
  v128.store(c, c12, 32)
  v128.store(c, c13, 48)
  c += stride
  v128.store(c, c20)
  v128.store(c, c21, 16)
  v128.store(c, c22, 32)
  v128.store(c, c23, 48)
  c += stride
  v128.store(c, c30)
  v128.store(c, c31, 16)
  v128.store(c, c32, 32)
  v128.store(c, c33, 48)
  c += stride
  v128.store(c, c40)
  v128.store(c, c41, 16)
  v128.store(c, c42, 32)
  v128.store(c, c43, 48)
  c += stride
  v128.store(c, c50)
  v128.store(c, c51, 16)
  v128.store(c, c52, 32)
  v128.store(c, c53, 48)
}

/** The same for a tile cut by the edge of C: done whole in `scratch`, with what is there of C. */
export function edgeTile<T>(
  a: usize,
  b: usize,
  kb: usize,
  beta: T,
  c: usize,
  stride: usize,
  rows: usize,
  cols: usize,
  scratch: usize,
): void {
  if (beta != <T>0) {
    for (let at = scratch, end = scratch + TILE_ROWS * 32; at < end; at += 16) v128.store(at, i64x2.splat(0))
    copyEntries<T>(c, stride, scratch, 32, rows, cols)
  }
  tile<T>(a, b, kb, beta, scratch, 32)
  copyEntries<T>(scratch, 32, c, stride, rows, cols)
}

/** Few entries: a call of memory.copy for each row would take longer. */
function copyEntries<T>(from: usize, step: usize, to: usize, stride: usize, rows: usize, cols: usize): void {
  for (let i: usize = 0; i < rows; i++, from += step, to += stride) {
    for (let at: usize = 0; at < cols * sizeof<T>(); at += sizeof<T>()) store<T>(to + at, load<T>(from + at))
  }
}
