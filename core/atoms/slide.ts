import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, multiply, norm2, scale } from '../linalg/products.ts'
import { linearize, stack, type AtomFamily } from './family.ts'
import { minimizeSmooth, type Evaluation } from './lbfgs.ts'
import type { SmoothLoss } from './smoothed.ts'

/** Atoms with their output weights: θⱼ unit, row j of C belongs to it; B (q×K) belongs to the free columns. */
export interface AtomSet {
  readonly thetas: readonly Float64Array[]
  readonly C: Matrix
  readonly B: Matrix
}

/**
 * Moves all neurons and output weights together: L-BFGS on ℓ(F) + (β/2)·Σ(size(θⱼ)² + ‖cⱼ‖²), whose minimum over the
 * scales is the problem's objective (THEORY §2). Cells are free to change, kinks are passed or stopped at.
 *
 * @param loss of the predictions, smooth
 * @returns unit atoms whose value is not above that of `atoms`
 */
export function slide(
  family: AtomFamily,
  loss: SmoothLoss,
  beta: number,
  atoms: AtomSet,
  steps: number,
): AtomSet {
  const { thetas, C, B } = balanced(family, atoms)
  const layout = [thetas, C, B].map(({ rows, cols }) => [rows, cols] as const)
  const x = pack([thetas, C, B])
  const end = minimizeSmooth((point) => evaluate(family, loss, beta, unpack(point, layout)), x, steps)
  return unit(family, unpack(end, layout))
}

interface Variables {
  /** m×size. */
  readonly thetas: Matrix
  readonly C: Matrix
  readonly B: Matrix
}

function evaluate(
  family: AtomFamily,
  loss: SmoothLoss,
  beta: number,
  { thetas, C, B }: Variables,
): Evaluation {
  const line = linearize(family, thetas)
  const F = multiply(line.responses, C)
  if (family.free) multiply(family.free, B, { beta: 1, out: F })
  const { value, gradient } = loss(F)
  const dC = multiply(line.responses, gradient, { transposeA: true })
  const dTheta = line.pull(multiply(gradient, C, { transposeB: true }))
  const dB = family.free ? multiply(family.free, gradient, { transposeA: true }) : B
  axpy(beta, C.data, dC.data)
  let squares = dot(C.data, C.data)
  const slope = new Float64Array(family.size)
  for (let j = 0; j < thetas.rows; j++) {
    squares += family.square(thetas.row(j), slope)
    axpy(beta, slope, dTheta.row(j))
  }
  return { value: value + 0.5 * beta * squares, gradient: pack([dTheta, dC, dB]) }
}

/** θ·√‖c‖ and c/√‖c‖, where both sizes agree. */
function balanced(family: AtomFamily, { thetas, C, B }: AtomSet): Variables {
  const [T, D] = [stack(family, thetas), C.clone()]
  for (let j = 0; j < T.rows; j++) {
    const root = Math.sqrt(norm2(D.row(j)))
    if (root === 0) continue
    family.rescale(T.row(j), root)
    scale(1 / root, D.row(j))
  }
  return { thetas: T, C: D, B }
}

function unit(family: AtomFamily, { thetas, C, B }: Variables): AtomSet {
  const D = C.clone()
  const units = Array.from({ length: thetas.rows }, (_, j) => {
    const theta = thetas.row(j).slice()
    scale(family.normalize(theta), D.row(j))
    return theta
  })
  return { thetas: units, C: D, B: B.clone() }
}

function pack(parts: readonly Matrix[]): Float64Array {
  const x = new Float64Array(parts.reduce((sum, { data }) => sum + data.length, 0))
  let at = 0
  for (const { data } of parts) {
    x.set(data, at)
    at += data.length
  }
  return x
}

function unpack(x: Float64Array, layout: readonly (readonly [number, number])[]): Variables {
  let at = 0
  const [thetas, C, B] = layout.map(([rows, cols]) => {
    const part = new Matrix(rows, cols, x.subarray(at, at + rows * cols))
    at += rows * cols
    return part
  })
  return { thetas, C, B }
}
