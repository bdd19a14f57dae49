/**
 * Runs the kernels until V8 has optimised them and prints a hash of what they compute then. With the argument `wide` by
 * wide tiles, with `joined` after `joinVectors`.
 */
import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Arena } from '../../core/kernels/arena.ts'
import * as columns from '../../core/kernels/columns.ts'
import * as elementwise from '../../core/kernels/elementwise.ts'
import { engine } from '../../core/kernels/engine.ts'
import * as fused from '../../core/kernels/fused.ts'
import { poolActive, spreadSlopes } from '../../core/kernels/pooling.ts'
import { gemm } from '../../core/kernels/gemm.ts'
import { cholesky } from '../../core/linalg/cholesky.ts'
import { Matrix } from '../../core/linalg/matrix.ts'
import { stream } from '../../core/random/index.ts'
import { joinVectors } from '../../electron/services/joined-vectors.ts'

const [rows, cols, group] = [126, 70, 42]
const rounds = 300
const normals = stream(7).normals(rows * rows + 997)
const wide = process.argv.includes('wide')
if (process.argv.includes('joined')) joinVectors()
const host = engine()
host.useTiles({ wide: () => wide, countProduct: () => undefined })

/** All kernels once, on the same numbers each time. @returns what they computed */
function round(arena: Arena): ArrayBufferView[] {
  const precisions = [false, true].flatMap((single) => inPrecision(arena, single))
  const x = new Matrix(rows, cols, normals.slice(0, rows * cols))
  const y = Matrix.zeros(rows, cols)
  fused.softThresholdInto(x.data, 0.2, y.data)
  const { means, norms } = fused.columnMoments(y)
  const S = Matrix.zeros(cols, cols)
  gemm(x, x, S, { transposeA: true })
  return [...precisions, y.data, means, norms, cholesky(S).factor.data]
}

function inPrecision(arena: Arena, single: boolean): ArrayBufferView[] {
  let taken = 0
  const matrix = (m: number, n: number) => {
    const data = single ? arena.float32(m * n) : arena.float64(m * n)
    data.set(normals.subarray(taken, taken + m * n))
    taken = (taken + 7) % 900
    return { rows: m, cols: n, data }
  }
  const perColumn = () => matrix(1, cols).data.slice(0, cols)
  const products = [{}, { transposeA: true }, { transposeB: true }].map((turned) => {
    const A = 'transposeA' in turned ? matrix(cols, rows) : matrix(rows, cols)
    const B = 'transposeB' in turned ? matrix(rows, cols) : matrix(cols, rows)
    const C = matrix(rows, rows)
    gemm(A, B, C, { ...turned, alpha: 0.5, beta: -0.25 })
    return C.data
  })
  const [A, D, V, W] = [1, 2, 3, 4].map(() => matrix(rows, cols))
  const [center, factor, shift, sums, squares, both] = Array.from({ length: 6 }, () =>
    Float64Array.from(perColumn()),
  )
  columns.addColumnSums(A, sums)
  columns.addCenteredSquares(A, center, squares)
  columns.addColumnProducts(D, A, sums, both)
  columns.affineColumns(A, { center, factor, shift }, true, A)
  columns.subtractColumns(D, A, factor, shift)
  const activation = { center, factor, gamma: squares, shift }
  const [counts, actives, pooled] = [1, 2, 3].map(() => matrix(rows / group, cols))
  poolActive(A, group, activation, { counts, actives, sums: pooled })
  spreadSlopes(W, group, activation, { share: both, mean: center }, pooled, D)
  elementwise.maskInactive(D.data, A.data)
  elementwise.combineInto(0.3, D.data, -0.7, V.data)
  elementwise.momentumStep(V.data, D.data, 0.9, true)
  elementwise.rectifyInPlace(W.data)
  elementwise.adamStep(V.data, A.data, W.data, { first: 0.9, second: 0.999, epsilon: 1e-8 }, 3)
  const grouped = [counts.data, actives.data, pooled.data]
  return [...products, sums, squares, both, ...grouped, A.data, D.data, V.data, W.data]
}

// The compiler works beside us, and what it has compiled is used from the next call on.
for (let times = 0; times < rounds; times++) {
  host.scratch(round)
  if (times % 50 === 0) await setTimeout(20)
}
const hash = createHash('sha256')
host.scratch((arena) => {
  for (const { buffer, byteOffset, byteLength } of round(arena)) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength).slice())
  }
})
process.stdout.write(`${hash.digest('hex')}\n`)
