import { madd } from './simd'
import { TILE_ROWS } from './pack'

/**
 * One 6×(two vectors) tile: C = (strip of A)·(strip of B) + beta·C, where a zero beta never reads C.
 *
 * The twelve accumulators, two vectors of B and one broadcast of A fill the fifteen vector registers that V8 gives
 * out on x64, and the addresses of the broadcasts nearly all the others. Therefore the loop counts by its pointer and is
 * not unrolled. The first step stands before the loop because V8 computes those addresses where they are first used, and
 * would do so in every round: 8 % of the time. The accumulators begin with C: all of it is read before any is written,
 * because rows of C that lie a multiple of 4 KiB apart look alike to the processor.
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
  if (beta == <T>0) {
    c00 = v128.splat<T>(<T>0)
    c01 = v128.splat<T>(<T>0)
    c10 = v128.splat<T>(<T>0)
    c11 = v128.splat<T>(<T>0)
    c20 = v128.splat<T>(<T>0)
    c21 = v128.splat<T>(<T>0)
    c30 = v128.splat<T>(<T>0)
    c31 = v128.splat<T>(<T>0)
    c40 = v128.splat<T>(<T>0)
    c41 = v128.splat<T>(<T>0)
    c50 = v128.splat<T>(<T>0)
    c51 = v128.splat<T>(<T>0)
  } else {
    let from = c
    av = v128.splat<T>(beta)
    c00 = v128.mul<T>(av, v128.load(from))
    c01 = v128.mul<T>(av, v128.load(from, 16))
    from += stride
    c10 = v128.mul<T>(av, v128.load(from))
    c11 = v128.mul<T>(av, v128.load(from, 16))
    from += stride
    c20 = v128.mul<T>(av, v128.load(from))
    c21 = v128.mul<T>(av, v128.load(from, 16))
    from += stride
    c30 = v128.mul<T>(av, v128.load(from))
    c31 = v128.mul<T>(av, v128.load(from, 16))
    from += stride
    c40 = v128.mul<T>(av, v128.load(from))
    c41 = v128.mul<T>(av, v128.load(from, 16))
    from += stride
    c50 = v128.mul<T>(av, v128.load(from))
    c51 = v128.mul<T>(av, v128.load(from, 16))
  }
  const stop = b + kb * 32
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
