import { engine, type Engine } from './engine.ts'
import { RowWindow, Staging, type Dense } from './staging.ts'
import { isThin, multiplyThin } from './thin.ts'

export interface GemmOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  /** Factor of the product, 1 by default. */
  readonly alpha?: number
  /** Factor of what C held, 0 by default: then C is not read. */
  readonly beta?: number
  /** One byte for each row of the stored A; a row whose byte is 0 counts as zero. */
  readonly rowMask?: Uint8Array
  /** Compute only what meets the lower triangle of C. */
  readonly lower?: boolean
}

/** Rows of a foreign A go through the kernel memory in chunks of about this size … */
const chunkBytes = 4 << 20
/** … but of at least this many rows, so that packing B again for each chunk stays cheap. */
const chunkRows = 480
/** Inner chunks are whole packed panels, so that sums are formed as if there were one chunk. */
const chunkDepth = 512

/**
 * C = α·op(A)·op(B) + β·C by the compiled kernel; all three of one precision, C apart from A and B.
 *
 * Arrays in the kernel memory are used in place. Others pass through it in chunks, whose sizes change nothing
 * in the result.
 *
 * @throws RangeError when shapes or precisions do not match.
 */
export function gemm(A: Dense, B: Dense, C: Dense, options: GemmOptions = {}): void {
  const { m, n, k } = productShape(A, B, C, options)
  if (m === 0 || n === 0) return
  if (k === 0 || options.alpha === 0) {
    scaleInPlace(C, options.beta ?? 0)
    return
  }
  const host = engine()
  host.scratch((arena) => {
    const staging = new Staging(host, arena)
    if (isThin(A, C, options)) {
      multiplyThin(host, staging, A, B, C, options)
      return
    }
    const mask = options.rowMask ? staging.input(options.rowMask) : 0
    if (options.transposeA) multiplyByDepth(host, staging, A, B, C, options, mask)
    else multiplyByRows(host, staging, A, B, C, options, mask)
  })
}

/** m×n×k of op(A)·op(B). */
export function productShape(
  A: Dense,
  B: Dense,
  C: Dense,
  options: GemmOptions,
): { m: number; n: number; k: number } {
  const [m, k] = options.transposeA ? [A.cols, A.rows] : [A.rows, A.cols]
  const [inner, n] = options.transposeB ? [B.cols, B.rows] : [B.rows, B.cols]
  if (inner !== k) throw new RangeError(`Cannot multiply ${m}×${k} by ${inner}×${n}.`)
  if (C.rows !== m || C.cols !== n) {
    throw new RangeError(`The product is ${m}×${n}, its destination ${C.rows}×${C.cols}.`)
  }
  const single = C.data instanceof Float32Array
  for (const { data } of [A, B]) {
    if (data instanceof Float32Array !== single)
      throw new RangeError('A product needs one precision throughout.')
  }
  if (options.rowMask && options.rowMask.length !== A.rows) {
    throw new RangeError(`The mask has ${options.rowMask.length} entries for ${A.rows} rows.`)
  }
  return { m, n, k }
}

/** Chunks of the rows of A and C. */
function multiplyByRows(
  host: Engine,
  staging: Staging,
  A: Dense,
  B: Dense,
  C: Dense,
  options: GemmOptions,
  mask: number,
): void {
  const { m, n, k } = productShape(A, B, C, options)
  const size = A.data.BYTES_PER_ELEMENT
  const whole = (staging.owns(A) && staging.owns(C)) || options.lower === true
  const step = whole ? m : Math.min(m, Math.max(chunkRows, 6 * Math.ceil(chunkBytes / (6 * size * k))))
  const a = new RowWindow(staging, A, step)
  const c = new RowWindow(staging, C, step)
  const b = staging.input(B.data)
  for (let from = 0; from < m; from += step) {
    const rows = Math.min(step, m - from)
    host.multiply({
      ...shared(options, size),
      m: rows,
      n,
      k,
      a: a.read(from, rows),
      lda: A.cols,
      b,
      ldb: B.cols,
      c: options.beta ? c.read(from, rows) : c.address(from),
      ldc: C.cols,
      rowMask: mask && mask + from,
    })
    c.write(from, rows)
  }
}

/** Chunks of the inner index: rows of the stored A with rows (or all columns) of B, summed into C. */
function multiplyByDepth(
  host: Engine,
  staging: Staging,
  A: Dense,
  B: Dense,
  C: Dense,
  options: GemmOptions,
  mask: number,
): void {
  const { m, n, k } = productShape(A, B, C, options)
  const size = A.data.BYTES_PER_ELEMENT
  const wanted = chunkDepth * Math.ceil(chunkBytes / (chunkDepth * size * Math.max(m, n)))
  const step = staging.owns(A) && staging.owns(B) ? k : Math.min(k, wanted)
  const a = new RowWindow(staging, A, step)
  const c = new RowWindow(staging, C, m)
  const b = options.transposeB ? undefined : new RowWindow(staging, B, step)
  const wholeB = b ? 0 : staging.input(B.data)
  const cAddress = options.beta ? c.read(0, m) : c.address(0)
  for (let from = 0; from < k; from += step) {
    const depth = Math.min(step, k - from)
    host.multiply({
      ...shared(options, size),
      m,
      n,
      k: depth,
      a: a.read(from, depth),
      lda: A.cols,
      b: b ? b.read(from, depth) : wholeB + from * size,
      ldb: B.cols,
      c: cAddress,
      ldc: C.cols,
      beta: from === 0 ? (options.beta ?? 0) : 1,
      rowMask: mask && mask + from,
    })
  }
  c.write(0, m)
}

function shared(options: GemmOptions, size: number) {
  const { transposeA, transposeB, alpha, beta, lower } = options
  return { transposeA, transposeB, alpha, beta, lower, single: size === 4 }
}

function scaleInPlace({ data }: Dense, factor: number): void {
  if (factor === 0) data.fill(0)
  else for (let i = 0; i < data.length; i++) data[i] *= factor
}
