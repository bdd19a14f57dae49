import { gatedAdjoint, gatedProduct, type Gates } from '../kernels/gated.ts'
import { Matrix } from '../linalg/matrix.ts'
import { norm2, scaleColumns } from '../linalg/products.ts'
import type { Dictionary } from '../programs/dictionary.ts'
import type { Block, ConvexProgram } from '../programs/program.ts'
import { gatesOf } from './common-products.ts'
import { penaltyOf } from './penalty.ts'

/** By how much the step is shorter than the one that just failed should have been. */
const CAUTION = 1.05
/** Every step tries to be this much longer than the last: along the way the loss is flatter than its bound. */
const RELAXATION = 0.99

/**
 * Accelerated proximal gradient steps (Beck & Teboulle 2009, restarted as by O'Donoghue & Candès 2015) on a working set
 * of the gated relaxation with a smooth loss and one output. A step is two thin products, n×d by d×W and back.
 *
 * Weights are d×W matrices, one column a block, with the sign of its output in them.
 */
export class GatedGradient {
  /** −∇ℓ where the last step began: a dual vector. */
  V: Float64Array
  /** max ‖B_bᵀV‖ over the working set. */
  rho = 0
  private readonly program: ConvexProgram
  private readonly gating: NonNullable<Dictionary['gates']>
  private readonly data: Matrix
  private ids: number[] = []
  private gates: Gates
  /** The iterate and the extrapolated point, with their predictions. */
  private U: Matrix
  private Z: Matrix
  private FU: Matrix
  private FZ: Matrix
  private momentum = 1
  /** The inverse of the step. */
  private curvature: number

  /** @param data the rows of `gates`, n×d, best in the kernel memory; @param curvature a first guess, too low rather than too high */
  constructor(
    program: ConvexProgram,
    gates: NonNullable<Dictionary['gates']>,
    data: Matrix,
    curvature: number,
  ) {
    const { rows, cols } = program.Y
    this.program = program
    this.gating = gates
    this.data = data
    this.curvature = curvature
    this.V = new Float64Array(rows)
    this.gates = { rows, cols: 0, data: new Uint8Array(0) }
    this.U = Matrix.zeros(data.cols, 0)
    this.Z = this.U
    this.FU = Matrix.zeros(rows, cols)
    this.FZ = this.FU
  }

  get width(): number {
    return this.ids.length
  }

  /** Forgets blocks that are zero and takes new ones, with weights of zero unless some are given. */
  admit(blocks: Iterable<number>, weights: ReadonlyMap<number, Float64Array> = new Map()): void {
    const { U, Z } = this
    const kept = this.ids.map((_, j) => j).filter((j) => !isZeroColumn(U, j) || !isZeroColumn(Z, j))
    const known = new Set(kept.map((j) => this.ids[j]))
    const fresh = [...blocks].filter((id) => !known.has(id))
    const next = {
      U: Matrix.zeros(U.rows, known.size + fresh.length),
      Z: Matrix.zeros(U.rows, known.size + fresh.length),
    }
    kept.forEach((from, to) => {
      copyColumn(U, from, next.U, to)
      copyColumn(Z, from, next.Z, to)
    })
    this.ids = [...known, ...fresh]
    this.U = next.U
    this.Z = next.Z
    const cells = this.ids.map((id) => this.program.blocks.cell(id))
    this.gates = gatesOf(this.gating, this.data.rows, cells)
    if (weights.size > 0) this.begin(weights)
  }

  /** One step; V and `rho` are those of the point it starts from. */
  step(): void {
    const { program, data, gates, U, Z, FU, FZ } = this
    this.curvature *= RELAXATION
    this.V = program.loss.gradient(FZ, program.Y).data.map((value) => -value)
    const Q = gatedAdjoint(data, gates, new Matrix(FZ.rows, 1, this.V))
    this.rho = columnSizes(Q).reduce((most, size) => Math.max(most, size), 0)
    const { N, FN } = this.descend(Q)
    if (turnsBack(U, Z, N)) this.momentum = 1
    const next = (1 + Math.sqrt(1 + 4 * this.momentum ** 2)) / 2
    const share = (this.momentum - 1) / next
    this.momentum = next
    this.Z = extrapolate(U, N, share)
    this.FZ = extrapolate(FU, FN, share)
    this.U = N
    this.FU = FN
  }

  /** ℓ + β Σ‖u_b‖ at the iterate. */
  objective(): number {
    const { program, U, FU } = this
    const penalty = columnSizes(U).reduce((sum, size) => sum + size, 0)
    return program.loss.value(FU, program.Y) + penaltyOf(program) * penalty
  }

  /** The blocks of the iterate that are not zero. */
  solution(): Block[] {
    const { blocks } = this.program
    return this.ids.flatMap((id, j) => {
      if (isZeroColumn(this.U, j)) return []
      const output = blocks.output(id)
      return [
        { cell: blocks.cell(id), output, vector: this.U.columnCopy(j).map((value) => output[0] * value) },
      ]
    })
  }

  /** Predictions are formed anew from the weights: the extrapolated ones collect rounding. */
  refresh(): void {
    this.FU = gatedProduct(this.data, this.gates, this.U)
    this.FZ = gatedProduct(this.data, this.gates, this.Z)
  }

  /** The proximal step from Z along Q = AᵀD_bV, shortened until the quadratic model bounds the loss. */
  private descend(Q: Matrix): { N: Matrix; FN: Matrix } {
    const { program, data, gates, Z, FZ } = this
    const penalty = penaltyOf(program)
    for (;;) {
      const N = shrunk(Z, Q, 1 / this.curvature, penalty)
      const FN = gatedProduct(data, gates, N)
      const moved = distance(N, Z)
      const needed = program.loss.lipschitz * (distance(FN, FZ) / moved) ** 2
      // Short moves are compared up to the rounding of their predictions.
      if (!(needed > this.curvature) || moved <= 1e-9 * norm2(Z.data)) return { N, FN }
      this.curvature = CAUTION * needed
    }
  }

  private begin(weights: ReadonlyMap<number, Float64Array>): void {
    const { U, ids, program } = this
    ids.forEach((id, j) => {
      const vector = weights.get(id)
      const [sign] = program.blocks.output(id)
      vector?.forEach((value, c) => (U.data[c * U.cols + j] = sign * value))
    })
    this.Z = U.clone()
    this.momentum = 1
    this.refresh()
  }
}

/** to + share·(to − from). */
function extrapolate(from: Matrix, to: Matrix, share: number): Matrix {
  const result = Matrix.zeros(to.rows, to.cols)
  for (let at = 0; at < result.data.length; at++)
    result.data[at] = to.data[at] + share * (to.data[at] - from.data[at])
  return result
}

/** The prox of step·β·Σ‖column‖ at Z + step·Q. */
function shrunk(Z: Matrix, Q: Matrix, step: number, penalty: number): Matrix {
  const N = Matrix.zeros(Z.rows, Z.cols)
  for (let at = 0; at < N.data.length; at++) N.data[at] = Z.data[at] + step * Q.data[at]
  const shares = columnSizes(N).map((size) => (size > step * penalty ? 1 - (step * penalty) / size : 0))
  return scaleColumns(N, shares, N)
}

/** ‖column j‖ for every j; weights are of a size whose squares neither over- nor underflow. */
function columnSizes({ data, rows, cols }: Matrix): Float64Array {
  const sizes = new Float64Array(cols)
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++, at++) sizes[j] += data[at] * data[at]
  }
  for (let j = 0; j < cols; j++) sizes[j] = Math.sqrt(sizes[j])
  return sizes
}

/** Whether the way from U to N leads against the step from Z to N: the momentum has carried too far. */
function turnsBack(U: Matrix, Z: Matrix, N: Matrix): boolean {
  let sum = 0
  for (let at = 0; at < N.data.length; at++) sum += (Z.data[at] - N.data[at]) * (N.data[at] - U.data[at])
  return sum > 0
}

function distance(A: Matrix, B: Matrix): number {
  let sum = 0
  for (let at = 0; at < A.data.length; at++) sum += (A.data[at] - B.data[at]) ** 2
  return Math.sqrt(sum)
}

function isZeroColumn({ data, rows, cols }: Matrix, j: number): boolean {
  for (let i = 0; i < rows; i++) if (data[i * cols + j] !== 0) return false
  return true
}

function copyColumn(from: Matrix, j: number, to: Matrix, k: number): void {
  for (let i = 0; i < from.rows; i++) to.data[i * to.cols + k] = from.data[i * from.cols + j]
}
