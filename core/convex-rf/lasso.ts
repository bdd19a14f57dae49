import { cholesky } from '../linalg/cholesky.ts'
import { NotPositiveDefiniteError } from '../linalg/checks.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, maxAbs, multiplyVector } from '../linalg/products.ts'
import { softThreshold } from '../linalg/prox.ts'

/** min over w of ½‖B·w − y‖² + β‖w‖₁, by its normal equations. */
export interface Lasso {
  /** BᵀB, p×p. */
  G: Matrix
  /** Bᵀy. */
  c: Float64Array
  /** ‖y‖². */
  yy: number
  beta: number
}

export interface LassoSolution {
  w: Float64Array
  /** ½‖Bw − y‖² + β‖w‖₁, and the value of the dual point made from the residual, ≤ the minimum. */
  primal: number
  dual: number
  rounds: number
  solved: boolean
}

/** Coordinate sweeps of a round. */
const SWEEPS = 5
const MOST_ROUNDS = 500
/** Newton steps of a round. */
const MOST_STEPS = 50

/**
 * Coordinate descent on the coordinates that are not zero or violate |Bᵀr| ≤ β, and after every round a Newton step within
 * the signs reached: exact once they are right, so that correlated features cost no more rounds than others.
 *
 * @yields primal − dual after each round
 */
export function* solveLasso(lasso: Lasso, tolerance: number): Generator<number, LassoSolution> {
  const { c } = lasso
  const w = new Float64Array(c.length)
  const r = c.slice()
  for (let rounds = 0; ; rounds++) {
    const values = lassoValues(lasso, w, r)
    const gap = values.primal - values.dual
    const solved = gap <= tolerance * Math.max(Math.abs(values.primal), Number.MIN_VALUE)
    if (solved || rounds === MOST_ROUNDS) return { w, ...values, rounds, solved }
    yield gap
    const working = workingSet(lasso, w, r)
    for (let sweep = 0; sweep < SWEEPS; sweep++) descend(lasso, w, r, working)
    for (let step = 0; step < MOST_STEPS && !newtonStep(lasso, w, r); step++);
  }
}

/** @param r Bᵀ(y − Bw) */
function lassoValues(
  { c, yy, beta }: Lasso,
  w: Float64Array,
  r: Float64Array,
): { primal: number; dual: number } {
  const fitted = yy - dot(w, c)
  const squares = Math.max(0, fitted - dot(w, r))
  let size = 0
  for (const value of w) size += Math.abs(value)
  const reach = maxAbs(r)
  const largest = reach === 0 ? Infinity : beta / reach
  const s = squares === 0 ? 0 : Math.min(largest, Math.max(-largest, fitted / squares))
  return { primal: 0.5 * squares + beta * size, dual: s * fitted - 0.5 * s * s * squares }
}

function workingSet({ beta }: Lasso, w: Float64Array, r: Float64Array): Int32Array {
  const chosen: number[] = []
  for (let j = 0; j < w.length; j++) if (w[j] !== 0 || Math.abs(r[j]) > beta) chosen.push(j)
  return Int32Array.from(chosen)
}

/** One pass over the coordinates; r follows. */
function descend({ G, beta }: Lasso, w: Float64Array, r: Float64Array, coordinates: Int32Array): void {
  for (const j of coordinates) {
    const curvature = G.data[j * (G.cols + 1)]
    if (!(curvature > 0)) continue
    const next = softThreshold(w[j] + r[j] / curvature, beta / curvature)
    if (next === w[j]) continue
    axpy(w[j] - next, G.row(j), r)
    w[j] = next
  }
}

/** Shares of a Newton step that are tried. */
const SHARES = [1, 0.5, 0.25, 0.125]

/**
 * Towards the minimiser with these signs. Entries that would change their sign stop at zero, all at once where that lowers
 * the objective, else the step ends at the first of them.
 *
 * @returns whether w is the minimiser with its signs now
 */
function newtonStep(lasso: Lasso, w: Float64Array, r: Float64Array): boolean {
  const support = Int32Array.from([...w.keys()].filter((j) => w[j] !== 0))
  const right = Float64Array.from(support, (j) => lasso.c[j] - lasso.beta * Math.sign(w[j]))
  const minimiser = solveWithin(lasso.G, support, right)
  if (!minimiser) return true
  const target = w.slice()
  support.forEach((j, i) => (target[j] = minimiser[i]))
  const crossing = firstCrossing(w, target)
  const before = lassoValues(lasso, w, r).primal
  const next = SHARES.map((share) => along(w, target, share)).find((candidate) => {
    return lassoValues(lasso, candidate, slopes(lasso, candidate)).primal < before
  })
  w.set(next ?? along(w, target, crossing))
  r.set(slopes(lasso, w))
  return crossing === 1
}

/** w + share·(target − w), zero where the sign would change. */
function along(w: Float64Array, target: Float64Array, share: number): Float64Array {
  return w.map((value, j) => {
    const moved = value + share * (target[j] - value)
    return moved * value > 0 ? moved : 0
  })
}

/** The share of the step at which the first entry reaches zero, just beyond; 1 when none does. */
function firstCrossing(w: Float64Array, target: Float64Array): number {
  return w.reduce((least, value, j) => {
    return value * target[j] < 0
      ? Math.min(least, (1 + 4 * Number.EPSILON) * (value / (value - target[j])))
      : least
  }, 1)
}

/** Bᵀ(y − Bw). */
function slopes({ G, c }: Lasso, w: Float64Array): Float64Array {
  const r = multiplyVector(G, w)
  for (let j = 0; j < r.length; j++) r[j] = c[j] - r[j]
  return r
}

/** The solution of the equations of these rows and columns; null where they are too nearly dependent. */
function solveWithin(G: Matrix, indices: Int32Array, right: Float64Array): Float64Array | null {
  const m = indices.length
  const S = Matrix.zeros(m, m)
  for (let i = 0; i < m; i++) {
    const row = G.row(indices[i])
    for (let k = 0; k <= i; k++) S.data[i * m + k] = row[indices[k]]
  }
  try {
    return cholesky(S).solve(right)
  } catch (error) {
    if (error instanceof NotPositiveDefiniteError) return null
    throw error
  }
}
