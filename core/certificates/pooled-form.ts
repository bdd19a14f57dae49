import { distinctLines } from '../arrangements/lines.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, norm2, scale } from '../linalg/products.ts'

/**
 * F(u) = Vᵀ·S·(A·u)₊/unit ∈ R^K with every hyperplane once: F(u) = Lᵀu + Σ_j W_j·(n_jᵀu)₊, where S sums the p rows of
 * a sample. Parallel rows are one, antiparallel ones too because (−t)₊ = (t)₊ − t.
 */
export interface PooledForm {
  /** N×r, unit rows, no two parallel. */
  readonly normals: Matrix
  /** N×K. */
  readonly weights: Matrix
  /** r×K. */
  readonly linear: Matrix
  /** ‖W_j‖, N entries. */
  readonly sizes: Float64Array
  /** Σ ‖V_i‖‖a_i‖/unit over the rows of A: no sum of terms of F at a unit u exceeds it. */
  readonly total: number
  /** A power of two by which F was divided, so that no square of what is here under- or overflows. */
  readonly unit: number
  /** How far this form may be from Vᵀ·S·(A·u)₊/unit at a unit u, because nearly parallel rows were merged. */
  readonly merged: number
}

/**
 * @param A (n·p)×r, rows i·p … i·p + p − 1 of sample i; @param V n×K
 * @throws RangeError when the shapes do not match.
 */
export function pooledForm(A: Matrix, V: Matrix, patches: number): PooledForm {
  if (A.rows !== V.rows * patches) {
    throw new RangeError(`Expected ${V.rows}·${patches} rows, found ${A.rows}.`)
  }
  const { normals, line, orientation } = distinctLines(A)
  const weights = Matrix.zeros(normals.rows, V.cols)
  const linear = Matrix.zeros(A.cols, V.cols)
  let [total, merged] = [0, 0]
  for (let j = 0; j < A.rows; j++) {
    if (line[j] < 0) continue
    const row = A.row(j)
    const weight = V.row(Math.floor(j / patches))
    const size = norm2(row)
    axpy(size, weight, weights.row(line[j]))
    if (orientation[j] < 0) subtractOuter(row, weight, linear, size, normals.row(line[j]))
    total += size * norm2(weight)
    merged += norm2(weight) * distance(row, orientation[j] * size, normals.row(line[j]))
  }
  const kept = keptLines(normals, weights)
  const unit = total > 0 ? 2 ** Math.round(Math.log2(total)) : 1
  scale(1 / unit, kept.weights.data)
  scale(1 / unit, linear.data)
  const sizes = Float64Array.from({ length: kept.weights.rows }, (_, j) => norm2(kept.weights.row(j)))
  return { ...kept, linear, sizes, total: total / unit, merged: merged / unit, unit }
}

/** (a·u)₊ with a = −size·n is size·(n·u)₊ − size·n·u: the linear part. */
function subtractOuter(
  row: Float64Array,
  weight: Float64Array,
  linear: Matrix,
  size: number,
  normal: Float64Array,
): void {
  for (let c = 0; c < row.length; c++) axpy(-size * normal[c], weight, linear.row(c))
}

/** ‖row − factor·normal‖. */
function distance(row: Float64Array, factor: number, normal: Float64Array): number {
  const difference = row.slice()
  axpy(-factor, normal, difference)
  return norm2(difference)
}

/** Without the hyperplanes of weight zero. */
function keptLines(normals: Matrix, weights: Matrix): Pick<PooledForm, 'normals' | 'weights'> {
  const kept = [...Array(normals.rows).keys()].filter((j) => weights.row(j).some((value) => value !== 0))
  const pick = ({ cols, row }: { cols: number; row: (j: number) => Float64Array }) => {
    const result = Matrix.zeros(kept.length, cols)
    kept.forEach((j, at) => result.row(at).set(row(j)))
    return result
  }
  return {
    normals: pick({ cols: normals.cols, row: (j) => normals.row(j) }),
    weights: pick({ cols: weights.cols, row: (j) => weights.row(j) }),
  }
}

/** F(u), K entries to `out`. u: r entries. */
export function evaluateForm(
  { normals, weights, linear }: PooledForm,
  u: Float64Array,
  out: Float64Array,
): void {
  const { rows, cols: r, data } = normals
  out.fill(0)
  for (let c = 0; c < r; c++) axpy(u[c], linear.row(c), out)
  for (let j = 0, at = 0; j < rows; j++, at += r) {
    let t = 0
    for (let c = 0; c < r; c++) t += data[at + c] * u[c]
    if (t > 0) for (let k = 0, w = j * out.length; k < out.length; k++) out[k] += t * weights.data[w + k]
  }
}

/** The gradient of gᵀF at u, r entries to `out`. */
export function pullForm(
  { normals, weights, linear }: PooledForm,
  u: Float64Array,
  g: Float64Array,
  out: Float64Array,
): void {
  const { rows, cols: r, data } = normals
  for (let c = 0; c < r; c++) {
    let sum = 0
    for (let k = 0; k < g.length; k++) sum += linear.data[c * g.length + k] * g[k]
    out[c] = sum
  }
  for (let j = 0, at = 0; j < rows; j++, at += r) {
    let t = 0
    for (let c = 0; c < r; c++) t += data[at + c] * u[c]
    if (!(t > 0)) continue
    let along = 0
    for (let k = 0, w = j * g.length; k < g.length; k++) along += weights.data[w + k] * g[k]
    for (let c = 0; c < r; c++) out[c] += along * data[at + c]
  }
}

const CLIMB_STEPS = 200
const SHORTEST_STEP = 1e-9

/**
 * Climbs from a unit u, in place, towards the normalised gradient of ‖F‖, longer steps after a success, shorter ones
 * after a failure; returns ‖F‖ at the end. Kinks slow it down: a local maximum only to a few digits there.
 */
export function climbForm(form: PooledForm, u: Float64Array): number {
  const F = new Float64Array(form.weights.cols)
  const gradient = new Float64Array(u.length)
  const look = (at: Float64Array) => {
    evaluateForm(form, at, F)
    return norm2(F)
  }
  const aim = (value: number) => {
    scale(1 / value, F)
    pullForm(form, u, F, gradient)
    const size = norm2(gradient)
    if (size > 0) scale(1 / size, gradient)
  }
  let value = look(u)
  if (value === 0) return 0
  aim(value)
  const trial = u.slice()
  for (let k = 0, step = 1; k < CLIMB_STEPS && step > SHORTEST_STEP; k++) {
    for (let c = 0; c < u.length; c++) trial[c] = u[c] + step * (gradient[c] - u[c])
    const size = norm2(trial)
    if (size > 0) scale(1 / size, trial)
    const next = look(trial)
    if (next > value) {
      u.set(trial)
      value = next
      aim(value)
      step = Math.min(1, 2 * step)
    } else step *= 0.4
  }
  return value
}
