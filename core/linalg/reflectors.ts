import type { Engine } from '../kernels/engine.ts'
import { sub, update, type Block, type Workbench } from './blocks.ts'
import { norm2 } from './products.ts'

/**
 * What elimination leaves of columns that depend on each other shrinks by ε each time, down to denormal numbers, whose
 * length is known to a few bits only: H would not be orthogonal. Such a remainder counts as zero.
 */
const negligible = 1e-280

export interface Reflection {
  /** H = I − tau·vvᵀ with v₀ = 1. */
  readonly tau: number
  /** H·x = (beta, 0, …). */
  readonly beta: number
}

/** The Householder reflection that maps x onto the first axis; overwrites x (not empty) with v. */
export function reflectionOf(x: Float64Array): Reflection {
  const alpha = x[0]
  const below = norm2(x.subarray(1))
  x[0] = 1
  const length = Math.hypot(alpha, below)
  if (length < negligible) {
    x.fill(0, 1)
    return { tau: 0, beta: 0 }
  }
  if (below === 0) return { tau: 0, beta: alpha }
  const beta = alpha > 0 ? -length : length
  const head = alpha - beta
  for (let i = 1; i < x.length; i++) x[i] /= head
  return { tau: -head / beta, beta }
}

/**
 * The triangular T with H₀·H₁⋯H_{k−1} = I − Vᵀ·T·V, where row i of V (k×n) is the vector of Hᵢ
 * (Schreiber and Van Loan 1989, in rows).
 */
function triangleOf({ host, arena }: Workbench, V: Block, taus: ArrayLike<number>): Block {
  const k = V.rows
  const square = () => ({ address: arena.reserve(8 * k * k), rows: k, cols: k, stride: k })
  const products = square()
  update(host, products, V, V, { transposeB: true })
  const T = square()
  const [g, t] = [host.view(products.address, k * k), host.view(T.address, k * k)]
  t.fill(0)
  for (let i = 0; i < k; i++) {
    t[i * k + i] = taus[i]
    for (let row = 0; row < i; row++) {
      let sum = 0
      for (let p = row; p < i; p++) sum += t[row * k + p] * g[p * k + i]
      t[row * k + i] = -taus[i] * sum
    }
  }
  return T
}

/** Reflections are applied this many at a time. */
const groupSize = 64

/**
 * Z := H₀·H₁⋯·Z, or with `transposed` Z := ⋯H₁·H₀·Z.
 *
 * @param V reflection vectors in rows (k×n); before column `offset + i` row i is zero
 * @param Z n×m, overwritten
 */
export function applyReflections(
  bench: Workbench,
  V: Block,
  taus: Float64Array,
  Z: Block,
  { transposed = false, offset = 0 } = {},
): void {
  const groups = Math.ceil(V.rows / groupSize)
  for (let step = 0; step < groups; step++) {
    const from = groupSize * (transposed ? step : groups - 1 - step)
    const count = Math.min(groupSize, V.rows - from)
    const skip = Math.min(from + offset, V.cols)
    const vectors = sub(V, from, skip, count, V.cols - skip)
    applyGroup(
      bench,
      vectors,
      taus.subarray(from, from + count),
      sub(Z, skip, 0, Z.rows - skip, Z.cols),
      transposed,
    )
  }
}

function applyGroup(bench: Workbench, V: Block, taus: Float64Array, Z: Block, transposed: boolean): void {
  const { host } = bench
  host.scratch((arena) => {
    const T = triangleOf({ host, arena }, V, taus)
    const room = () => ({
      address: arena.reserve(8 * V.rows * Z.cols),
      rows: V.rows,
      cols: Z.cols,
      stride: Z.cols,
    })
    const [along, turned] = [room(), room()]
    update(host, along, V, Z)
    update(host, turned, T, along, { transposeA: transposed })
    update(host, Z, V, turned, { transposeA: true, alpha: -1, beta: 1 })
  })
}

/** Fills Z (n×m) with the first m columns of the identity. */
export function setIdentity(host: Engine, Z: Block): void {
  for (let i = 0; i < Z.rows; i++) {
    const row = host.view(Z.address + 8 * i * Z.stride, Z.cols)
    row.fill(0)
    if (i < Z.cols) row[i] = 1
  }
}
