import * as Job from './job'
import { field } from './job'
import { lanes } from './simd'

/** Rows of a tile of C. */
@inline
export const TILE_ROWS: usize = 6

/** Stored rows that are cut into strips together: a cache line that holds parts of several strips is fetched once. */
const PASS: usize = 16

/**
 * Bytes of a packed strip of A and of what lies between it and the next one: strips that begin a multiple of 4 KiB apart
 * would share one place in the first-level cache.
 */
@inline
export function stripOfA<T>(kb: usize): usize {
  return TILE_ROWS * kb * sizeof<T>() + 64
}

/** Columns of a tile of C: two vectors. */
@inline
export function tileCols<T>(): usize {
  return 2 * lanes<T>()
}

/**
 * Packs rows i0…i0+mb of alpha·op(A), columns k0…k0+kb, in strips of six rows: strip[k·6 + i]. Missing rows and
 * masked rows of A are zero.
 */
export function packA<T>(job: usize, i0: usize, mb: usize, k0: usize, kb: usize, out: usize): void {
  if (field(job, Job.ROWS_A)) return packScattered<T>(job, i0, mb, k0, kb, out)
  const a = field(job, Job.A)
  const lda = field(job, Job.LDA)
  const mask = field(job, Job.ROW_MASK)
  const transposed = field(job, Job.TRANSPOSE_A) != 0
  const alpha = <T>load<f64>(job + Job.ALPHA)
  const strip = stripOfA<T>(kb)
  if (!transposed) {
    for (let i: usize = 0; i < mb; i += TILE_ROWS, out += strip) {
      const at = a + ((i0 + i) * lda + k0) * sizeof<T>()
      packRows<T>(at, lda, mask ? mask + i0 + i : 0, min(TILE_ROWS, mb - i), kb, alpha, out)
    }
    return
  }
  for (let k: usize = 0; k < kb; k++) {
    const at = a + ((k0 + k) * lda + i0) * sizeof<T>()
    const kept = !mask || load<u8>(mask + k0 + k) != 0
    packAcross<T>(at, mb, kept, alpha, strip, out + k * TILE_ROWS * sizeof<T>())
  }
}

/** The same of an A whose entries are found by two lists. */
function packScattered<T>(job: usize, i0: usize, mb: usize, k0: usize, kb: usize, out: usize): void {
  const transposed = field(job, Job.TRANSPOSE_A) != 0
  const alpha = <T>load<f64>(job + Job.ALPHA)
  // Entry (i, k) of op(A) is at first[i] + second[k], whichever of them are the rows.
  const first = field(job, transposed ? Job.COLUMNS_A : Job.ROWS_A) + 4 * i0
  const second = field(job, transposed ? Job.ROWS_A : Job.COLUMNS_A) + 4 * k0
  const strip = stripOfA<T>(kb)
  for (let i: usize = 0; i < mb; i += TILE_ROWS, out += strip) {
    const rows = min(TILE_ROWS, mb - i)
    const at = first + 4 * i
    let to = out
    if (rows == TILE_ROWS) {
      const p0 = load<usize>(at)
      const p1 = load<usize>(at, 4)
      const p2 = load<usize>(at, 8)
      const p3 = load<usize>(at, 12)
      const p4 = load<usize>(at, 16)
      const p5 = load<usize>(at, 20)
      for (let k: usize = 0; k < kb; k++, to += TILE_ROWS * sizeof<T>()) {
        const offset = load<usize>(second + 4 * k)
        store<T>(to, alpha * load<T>(p0 + offset))
        store<T>(to, alpha * load<T>(p1 + offset), sizeof<T>())
        store<T>(to, alpha * load<T>(p2 + offset), 2 * sizeof<T>())
        store<T>(to, alpha * load<T>(p3 + offset), 3 * sizeof<T>())
        store<T>(to, alpha * load<T>(p4 + offset), 4 * sizeof<T>())
        store<T>(to, alpha * load<T>(p5 + offset), 5 * sizeof<T>())
      }
    } else {
      for (let k: usize = 0; k < kb; k++) {
        const offset = load<usize>(second + 4 * k)
        for (let row: usize = 0; row < TILE_ROWS; row++, to += sizeof<T>()) {
          store<T>(to, row < rows ? alpha * load<T>(load<usize>(at + 4 * row) + offset) : <T>0)
        }
      }
    }
  }
}

/** A strip whose rows are contiguous in A. */
function packRows<T>(a: usize, lda: usize, mask: usize, rows: usize, kb: usize, alpha: T, out: usize): void {
  const stride = lda * sizeof<T>()
  let done: usize = 0
  if (rows == TILE_ROWS) {
    done = sizeof<T>() == 4 ? packSixSingle(a, stride, kb, <f32>alpha, out) : packSix(a, stride, kb, <f64>alpha, out)
  }
  for (let i: usize = 0; i < TILE_ROWS; i++, a += stride) {
    const kept = i < rows && (!mask || load<u8>(mask + i) != 0)
    let at: usize = kept ? done : 0
    let to = out + (at * TILE_ROWS + i) * sizeof<T>()
    for (; at < kb; at++, to += TILE_ROWS * sizeof<T>()) {
      store<T>(to, kept ? alpha * load<T>(a + at * sizeof<T>()) : <T>0)
    }
  }
}

/** Six rows, two columns at a time. @returns the columns done */
function packSix(a: usize, stride: usize, kb: usize, alpha: f64, out: usize): usize {
  const factor = f64x2.splat(alpha)
  let k: usize = 0
  for (; k + 2 <= kb; k += 2, a += 16, out += 96) {
    let from = a
    for (let i: usize = 0; i < 48; i += 16, from += 2 * stride) {
      const x = f64x2.mul(factor, v128.load(from))
      const y = f64x2.mul(factor, v128.load(from + stride))
      v128.store(out + i, v128.shuffle<f64>(x, y, 0, 2))
      v128.store(out + i, v128.shuffle<f64>(x, y, 1, 3), 48)
    }
  }
  return k
}

/** Six rows, four columns at a time. @returns the columns done */
function packSixSingle(a: usize, stride: usize, kb: usize, alpha: f32, out: usize): usize {
  const factor = f32x4.splat(alpha)
  let k: usize = 0
  for (; k + 4 <= kb; k += 4, a += 16, out += 96) {
    let from = a
    const r0 = f32x4.mul(factor, v128.load(from))
    from += stride
    const r1 = f32x4.mul(factor, v128.load(from))
    from += stride
    const r2 = f32x4.mul(factor, v128.load(from))
    from += stride
    const r3 = f32x4.mul(factor, v128.load(from))
    from += stride
    const r4 = f32x4.mul(factor, v128.load(from))
    from += stride
    const r5 = f32x4.mul(factor, v128.load(from))
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
    const low45 = v128.shuffle<f32>(r4, r5, 0, 4, 1, 5)
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
    const high45 = v128.shuffle<f32>(r4, r5, 2, 6, 3, 7)
    v128.store(out, v128.shuffle<f64>(low01, low23, 0, 2))
    v128.store(out, v128.shuffle<f64>(low45, low01, 0, 3), 16)
    v128.store(out, v128.shuffle<f64>(low23, low45, 1, 3), 32)
    v128.store(out, v128.shuffle<f64>(high01, high23, 0, 2), 48)
    v128.store(out, v128.shuffle<f64>(high45, high01, 0, 3), 64)
    v128.store(out, v128.shuffle<f64>(high23, high45, 1, 3), 80)
  }
  return k
}

/** One stored row of A, whose entries go to one strip after the other: six neighbours to each. */
function packAcross<T>(a: usize, count: usize, kept: bool, alpha: T, strip: usize, out: usize): void {
  const factor = v128.splat<T>(alpha)
  let i: usize = 0
  if (kept) {
    for (; i + TILE_ROWS <= count; i += TILE_ROWS, a += TILE_ROWS * sizeof<T>(), out += strip) {
      v128.store(out, v128.mul<T>(factor, v128.load(a)))
      if (sizeof<T>() == 8) {
        v128.store(out, v128.mul<T>(factor, v128.load(a, 16)), 16)
        v128.store(out, v128.mul<T>(factor, v128.load(a, 32)), 32)
      } else v128.store64_lane(out, v128.mul<T>(factor, v128.load64_zero(a, 16)), 0, 16)
    }
  }
  for (; i < count; i += TILE_ROWS, a += TILE_ROWS * sizeof<T>(), out += strip) {
    for (let row: usize = 0; row < TILE_ROWS; row++) {
      store<T>(out + row * sizeof<T>(), kept && i + row < count ? alpha * load<T>(a + row * sizeof<T>()) : <T>0)
    }
  }
}

/**
 * Packs columns j0…j0+cols of op(B), rows k0…k0+kb, in strips of as many columns as a tile has:
 * strip[k·tileCols + j], missing columns zero.
 */
export function packB<T>(job: usize, j0: usize, cols: usize, k0: usize, kb: usize, out: usize): void {
  const kind = <u32>field(job, Job.KIND_B)
  const b = field(job, Job.B)
  const ldb = field(job, Job.LDB)
  const width = tileCols<T>()
  const strip = 32 * kb
  if (kind == Job.PLAIN) {
    for (let k: usize = 0; k < kb; k += PASS) {
      let to = out + 32 * k
      const deep = min(PASS, kb - k)
      for (let j: usize = 0; j < cols; j += width, to += strip) {
        packBColumns<T>(b + ((k0 + k) * ldb + j0 + j) * sizeof<T>(), ldb, min(width, cols - j), deep, to)
      }
    }
    return
  }
  for (let j: usize = 0; j < cols; j += width, out += strip) {
    const own = min(width, cols - j)
    if (kind == Job.GATED) packGated<T>(job, j0 + j, own, k0, kb, out)
    else packBRows<T>(b + ((j0 + j) * ldb + k0) * sizeof<T>(), ldb, own, kb, out)
  }
}

function packBColumns<T>(b: usize, ldb: usize, cols: usize, kb: usize, out: usize): void {
  const width = tileCols<T>()
  for (let k: usize = 0; k < kb; k++) {
    if (cols == width) {
      v128.store(out, v128.load(b))
      v128.store(out, v128.load(b, 16), 16)
    } else {
      for (let j: usize = 0; j < width; j++) {
        store<T>(out + j * sizeof<T>(), j < cols ? load<T>(b + j * sizeof<T>()) : <T>0)
      }
    }
    b += ldb * sizeof<T>()
    out += 32
  }
}

function packBRows<T>(b: usize, ldb: usize, cols: usize, kb: usize, out: usize): void {
  const width = tileCols<T>()
  const stride = ldb * sizeof<T>()
  if (cols == width) {
    if (sizeof<T>() == 8) packFourRows(b, stride, kb, out)
    else {
      packFourSingleRows(b, stride, kb, out)
      packFourSingleRows(b + 4 * stride, stride, kb, out + 16)
    }
    return
  }
  for (let j: usize = 0; j < width; j++) {
    for (let k: usize = 0; k < kb; k++) {
      store<T>(out + k * 32 + j * sizeof<T>(), j < cols ? load<T>(b + j * stride + k * sizeof<T>()) : <T>0)
    }
  }
}

function packFourRows(b: usize, stride: usize, kb: usize, out: usize): void {
  let k: usize = 0
  for (; k + 2 <= kb; k += 2, b += 16, out += 64) {
    const r0 = v128.load(b)
    const r1 = v128.load(b + stride)
    const r2 = v128.load(b + 2 * stride)
    const r3 = v128.load(b + 3 * stride)
    v128.store(out, v128.shuffle<f64>(r0, r1, 0, 2))
    v128.store(out, v128.shuffle<f64>(r2, r3, 0, 2), 16)
    v128.store(out, v128.shuffle<f64>(r0, r1, 1, 3), 32)
    v128.store(out, v128.shuffle<f64>(r2, r3, 1, 3), 48)
  }
  for (; k < kb; k++, b += 8, out += 32) {
    for (let j: usize = 0; j < 4; j++) store<f64>(out + j * 8, load<f64>(b + j * stride))
  }
}

/** Half a strip of single precision: entry k of the four rows goes to out + 32·k. */
function packFourSingleRows(b: usize, stride: usize, kb: usize, out: usize): void {
  let k: usize = 0
  for (; k + 4 <= kb; k += 4, b += 16, out += 128) {
    const r0 = v128.load(b)
    const r1 = v128.load(b + stride)
    const r2 = v128.load(b + 2 * stride)
    const r3 = v128.load(b + 3 * stride)
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
    v128.store(out, v128.shuffle<f64>(low01, low23, 0, 2))
    v128.store(out, v128.shuffle<f64>(low01, low23, 1, 3), 32)
    v128.store(out, v128.shuffle<f64>(high01, high23, 0, 2), 64)
    v128.store(out, v128.shuffle<f64>(high01, high23, 1, 3), 96)
  }
  for (; k < kb; k++, b += 4, out += 32) {
    for (let j: usize = 0; j < 4; j++) store<f32>(out + j * 4, load<f32>(b + j * stride))
  }
}

function packGated<T>(job: usize, j0: usize, cols: usize, k0: usize, kb: usize, out: usize): void {
  const outputs = field(job, Job.OUTPUTS)
  const gateStride = field(job, Job.GATE_STRIDE)
  const ldb = field(job, Job.LDB)
  const width = tileCols<T>()
  if (sizeof<T>() == 8 && outputs == 1 && cols == width) {
    const gates = field(job, Job.GATES) + k0 * gateStride + j0
    return packFourGated(gates, gateStride, field(job, Job.B) + k0 * ldb * 8, ldb * 8, kb, out)
  }
  for (let j: usize = 0; j < width; j++) {
    let gate = field(job, Job.GATES) + k0 * gateStride + (j0 + j) / outputs
    let r = field(job, Job.B) + (k0 * ldb + ((j0 + j) % outputs)) * sizeof<T>()
    let target = out + j * sizeof<T>()
    for (let k: usize = 0; k < kb; k++) {
      store<T>(target, j < cols && load<u8>(gate) != 0 ? load<T>(r) : <T>0)
      gate += gateStride
      r += ldb * sizeof<T>()
      target += 32
    }
  }
}

/** Four patterns of one output, without branches: a byte spread over a lane selects the number or zero. */
function packFourGated(gates: usize, gateStride: usize, r: usize, stride: usize, kb: usize, out: usize): void {
  const none = i64x2.splat(0)
  for (let k: usize = 0; k < kb; k++, gates += gateStride, r += stride, out += 32) {
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(gates)))
    const value = v128.load64_splat(r)
    v128.store(out, v128.and(value, i64x2.ne(i64x2.extend_low_i32x4_u(wide), none)))
    v128.store(out, v128.and(value, i64x2.ne(i64x2.extend_high_i32x4_u(wide), none)), 16)
  }
}
