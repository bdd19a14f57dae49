import { Matrix } from '../linalg/matrix.ts'
import { engine } from './engine.ts'
import { RowWindow, Staging } from './staging.ts'

/** Activation patterns side by side: gates[i·cols + p] is 1 where pattern p lets sample i through, else 0. */
export interface Gates {
  /** Samples. */
  readonly rows: number
  /** Patterns. */
  readonly cols: number
  readonly data: Uint8Array
}

/** Rows that go through the kernel memory at a time: enough that packing V anew for each chunk stays cheap. */
const forwardRows = 480
/** Whole packed panels, so that sums are formed as if all rows were there at once. */
const adjointRows = 1024

/**
 * Σ_p D_p·X·V_p: what all gated linear neurons give together.
 *
 * One matrix product for all patterns, a chunk of rows at a time; X·V is never stored as a whole.
 *
 * @param X n×d
 * @param gates n×P
 * @param V d×(P·K), columns p·K … p·K + K − 1 belong to pattern p
 * @returns n×K
 */
export function gatedProduct(X: Matrix, gates: Gates, V: Matrix): Matrix {
  const outputs = outputsOf(X, gates, V.cols)
  if (V.rows !== X.cols) throw new RangeError(`V has ${V.rows} rows for ${X.cols} features.`)
  const result = Matrix.zeros(X.rows, outputs)
  if (X.rows === 0 || V.cols === 0 || X.cols === 0) return result
  const host = engine()
  host.scratch((arena) => {
    const staging = new Staging(host, arena)
    const v = staging.input(V.data)
    const step = Math.min(forwardRows, X.rows)
    const x = new RowWindow(staging, X, step)
    const y = new RowWindow(staging, result, step)
    const products = arena.reserve(8 * step * V.cols)
    const open = arena.bytes(step * gates.cols)
    for (let from = 0; from < X.rows; from += step) {
      const m = Math.min(step, X.rows - from)
      const a = x.read(from, m)
      host.multiply({ m, n: V.cols, k: X.cols, a, lda: X.cols, b: v, ldb: V.cols, c: products, ldc: V.cols })
      open.set(gates.data.subarray(from * gates.cols, (from + m) * gates.cols))
      const target = y.address(from)
      const { cols } = gates
      host.kernels.gatedRowSums(products, V.cols, open.byteOffset, cols, m, cols, outputs, target)
      y.write(from, m)
    }
  })
  return result
}

/**
 * The adjoint: column block p of the result is Xᵀ·D_p·R.
 *
 * The gated residuals D_p·R are formed while they are packed, never stored.
 *
 * @param X n×d
 * @param gates n×P
 * @param R n×K
 * @returns d×(P·K)
 */
export function gatedAdjoint(X: Matrix, gates: Gates, R: Matrix): Matrix {
  const n = gates.cols * R.cols
  outputsOf(X, gates, n)
  if (R.rows !== X.rows) throw new RangeError(`R has ${R.rows} rows for ${X.rows} samples.`)
  const result = Matrix.zeros(X.cols, n)
  if (X.rows === 0 || n === 0 || X.cols === 0) return result
  const host = engine()
  host.scratch((arena) => {
    const staging = new Staging(host, arena)
    const step = Math.min(adjointRows, X.rows)
    const x = new RowWindow(staging, X, step)
    const r = new RowWindow(staging, R, step)
    const c = new RowWindow(staging, result, result.rows)
    const open = arena.bytes(step * gates.cols)
    for (let from = 0; from < X.rows; from += step) {
      const k = Math.min(step, X.rows - from)
      open.set(gates.data.subarray(from * gates.cols, (from + k) * gates.cols))
      host.multiply({
        m: X.cols,
        n,
        k,
        a: x.read(from, k),
        lda: X.cols,
        transposeA: true,
        b: r.read(from, k),
        ldb: R.cols,
        gates: { address: open.byteOffset, stride: gates.cols, outputs: R.cols },
        c: c.address(0),
        ldc: n,
        beta: from === 0 ? 0 : 1,
      })
    }
    c.write(0, result.rows)
  })
  return result
}

/** Outputs per pattern, once the shapes are found to fit. */
function outputsOf(X: Matrix, gates: Gates, columns: number): number {
  if (gates.rows !== X.rows) throw new RangeError(`Gates for ${gates.rows} samples, data of ${X.rows}.`)
  if (gates.data.length !== gates.rows * gates.cols) {
    throw new RangeError(`Expected ${gates.rows}×${gates.cols} gates, found ${gates.data.length}.`)
  }
  const outputs = gates.cols === 0 ? 1 : columns / gates.cols
  if (!Number.isInteger(outputs))
    throw new RangeError(`${columns} columns do not divide among ${gates.cols} patterns.`)
  return outputs
}
