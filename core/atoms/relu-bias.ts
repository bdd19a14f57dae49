import { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import { reluBiasNetwork } from '../networks/index.ts'
import type { AtomFamily } from './family.ts'
import { columnsOf, nonZero, outputRows } from './weights.ts'

/**
 * φ(s, b) = (s·x + b)₊, |s| = 1, on data on a line, x = Xa (rank one, or a shift of it: THEORY 5.7): hidden biases are
 * free, so maximisers of ‖Vᵀφ‖ have their kinks at data points, and there are 2n atoms. With an output bias the column of
 * ones is free and 1ᵀV = 0; without one this is B's program, an upper bound of that network's problem.
 *
 * @param x n entries; @param a unit, d entries
 */
export function reluBiasAtoms(
  x: Float64Array,
  a: Float64Array,
  outputs: number,
  outputBias: boolean,
): AtomFamily {
  const n = x.length
  const order = Int32Array.from(x.keys()).sort((i, j) => x[i] - x[j])
  const scaleBoth = (theta: Float64Array, factor: number): void => {
    theta[0] *= factor
    theta[1] *= factor
  }
  return {
    rows: n,
    outputs,
    size: 2,
    free: outputBias ? new Matrix(n, 1, new Float64Array(n).fill(1)) : null,
    finite: true,
    respond([s, b], out) {
      for (let i = 0; i < n; i++) out[i] = Math.max(0, s * x[i] + b)
    },
    pull([s, b], g, out) {
      out.fill(0)
      for (let i = 0; i < n; i++) {
        if (!(s * x[i] + b > 0)) continue
        out[0] += g[i] * x[i]
        out[1] += g[i]
      }
    },
    normalize(theta) {
      const size = Math.abs(theta[0])
      if (size > 0) scaleBoth(theta, 1 / size)
      return size
    },
    rescale: scaleBoth,
    square(theta, out) {
      out[0] = theta[0]
      out[1] = 0
      return theta[0] ** 2
    },
    draw(stream) {
      const s = stream.uniform() < 0.5 ? -1 : 1
      return Float64Array.of(s, -s * x[stream.integer(n)])
    },
    maximize: (V) => [1, -1].flatMap((s) => kinksOfSide(x, order, s, V)),
    recover(atoms, B) {
      const kept = nonZero(atoms)
      const root = ({ c }: { c: Float64Array }): number => Math.sqrt(norm2(c))
      return reluBiasNetwork({
        W1: columnsOf(a.length, kept, (atom) => [a, atom.theta[0] * root(atom)]),
        b1: Float64Array.from(kept, (atom) => atom.theta[1] * root(atom)),
        W2: outputRows(outputs, kept, (atom) => 1 / root(atom)),
        b2: outputBias ? (B?.row(0).slice() ?? new Float64Array(outputs)) : null,
      })
    },
  }
}

/** The local maxima of ‖Vᵀφ(s, −s·xᵢ)‖ over the data points i in their order: one pass of running sums. */
function kinksOfSide(x: Float64Array, order: Int32Array, s: number, V: Matrix): Float64Array[] {
  // From the far end inwards: all points passed so far are active.
  const inwards = s > 0 ? Array.from(order).reverse() : Array.from(order)
  const weight = new Float64Array(V.cols)
  const response = new Float64Array(V.cols)
  const values: { kink: number; value: number }[] = []
  let last = x[inwards[0]]
  for (const i of inwards) {
    if (x[i] !== last) {
      for (let k = 0; k < V.cols; k++) response[k] += weight[k] * Math.abs(x[i] - last)
      values.push({ kink: x[i], value: norm2(response) })
      last = x[i]
    }
    for (let k = 0; k < V.cols; k++) weight[k] += V.get(i, k)
  }
  return values
    .filter(({ value }, j) => value >= (values[j - 1]?.value ?? 0) && value >= (values[j + 1]?.value ?? 0))
    .map(({ kink }) => Float64Array.of(s, -s * kink))
}
