import { dot, norm2 } from '../linalg/products.ts'
import { blockSigns, type ConvexProgram } from '../programs/program.ts'
import { constraintNorms } from './cone-face.ts'
import { ConeProjector } from './cone-projector.ts'
import { maskedTranspose } from './masked.ts'

/** Blocks in work by their number; null projectors for the gated relaxation. */
export type WorkingSet = ReadonlyMap<number, { readonly projector: ConeProjector | null }>

export interface PricingOptions {
  wanted?: number
  working?: WorkingSet
  halt?: () => boolean
}

/** What a dual vector V is worth on the dictionary. */
export interface Prices {
  /** An upper bound of ρ(V) = max_b ‖Π_{C_b}(σ_b AᵀD_bV)‖, exact where it exceeds β and `wanted` was not reached. */
  rho: number
  /** For block p·(signs) + s: the norm of the projection, or an upper bound of it that is at most β. */
  values: Float64Array
  /** Blocks whose projection was computed and exceeds β, largest first. */
  violators: number[]
}

/**
 * Prices every block of a program at a dual vector (THEORY §2, §4).
 *
 * Most blocks are excluded without a projection: ‖Π(g)‖ ≤ ‖g + θp‖ for every θ ≥ 0 and every p in the cone
 * {Gᵀλ : λ ≥ 0}, and the p of the last projection of the same block is kept. Memory: two vectors of r entries a block.
 */
export class Pricer {
  readonly norms: Float64Array
  private readonly program: ConvexProgram
  private readonly signs: readonly (1 | -1)[]
  /** AᵀDᵢV for every pattern. */
  private readonly gradients: Float64Array
  /** p of the last projection of every block. */
  private readonly polars: Float64Array
  private readonly faces: (Int32Array | undefined)[] = []
  private readonly scratch: ConeProjector
  private readonly z: Float64Array

  constructor(program: ConvexProgram) {
    const { A, arrangement, cones } = program
    this.program = program
    this.signs = blockSigns(program)
    this.norms = constraintNorms(A)
    const P = arrangement.patterns.count
    this.gradients = new Float64Array(P * A.cols)
    this.polars = new Float64Array(cones ? P * A.cols * this.signs.length : 0)
    this.scratch = new ConeProjector(A, arrangement.patterns, this.norms)
    this.z = new Float64Array(A.cols)
  }

  get blockCount(): number {
    return this.program.arrangement.patterns.count * this.signs.length
  }

  patternOf(block: number): number {
    return Math.floor(block / this.signs.length)
  }

  signOf(block: number): 1 | -1 {
    return this.signs[block % this.signs.length]
  }

  /**
   * @param V n entries
   * @param options wanted: stop projecting after this many blocks above β that are not in work, the others count with
   * their upper bounds; working: blocks in work, whose projectors are on a face near the solution; halt: asked before
   * every projection, true stops as `wanted` does
   */
  price(V: Float64Array, options: PricingOptions = {}): Prices {
    const { wanted = Infinity, working, halt } = options
    const { beta } = this.program
    const values = this.upperBounds(V)
    const contenders = [...values.keys()]
      .filter((b) => values[b] > beta)
      .sort((a, b) => values[b] - values[a])
    const violators: number[] = []
    let fresh = 0
    for (const block of contenders) {
      if (fresh >= wanted || halt?.()) break
      const known = working?.get(block)
      if (this.program.cones) values[block] = this.project(block, known?.projector)
      if (values[block] > beta) violators.push(block)
      if (values[block] > beta && !known) fresh++
    }
    violators.sort((a, b) => values[b] - values[a])
    return { rho: values.reduce((most, value) => Math.max(most, value), 0), values, violators }
  }

  /** An upper bound of max ‖Π_{C_b}(σ_b AᵀD_bV)‖ over the blocks in work alone, at least β. */
  priceSome(V: Float64Array, working: WorkingSet): number {
    const { A, arrangement, beta } = this.program
    const d = A.cols
    let rho = beta
    for (const [block, { projector }] of working) {
      const pattern = this.patternOf(block)
      const g = this.gradients.subarray(pattern * d, (pattern + 1) * d)
      maskedTranspose(A, arrangement.patterns, pattern, V, g)
      rho = Math.max(rho, projector ? this.project(block, projector) : norm2(g))
    }
    return rho
  }

  private upperBounds(V: Float64Array): Float64Array {
    const { A, arrangement, cones, beta } = this.program
    const d = A.cols
    const values = new Float64Array(this.blockCount)
    for (let i = 0; i < arrangement.patterns.count; i++) {
      const g = this.gradients.subarray(i * d, (i + 1) * d)
      maskedTranspose(A, arrangement.patterns, i, V, g)
      const norm = norm2(g)
      this.signs.forEach((sign, s) => {
        const block = i * this.signs.length + s
        values[block] = cones && norm > beta ? this.polarBound(block, g, sign, norm) : norm
      })
    }
    return values
  }

  /** min over θ ≥ 0 of ‖σg + θp‖. */
  private polarBound(block: number, g: Float64Array, sign: number, norm: number): number {
    const d = g.length
    const p = this.polars.subarray(block * d, (block + 1) * d)
    const square = dot(p, p)
    const along = -sign * dot(g, p)
    if (!(along > 0) || square === 0) return norm
    const theta = along / square
    let sum = 0
    for (let c = 0; c < d; c++) sum += (sign * g[c] + theta * p[c]) ** 2
    return Math.sqrt(sum)
  }

  private project(block: number, working?: ConeProjector | null): number {
    const d = this.z.length
    const pattern = this.patternOf(block)
    const sign = this.signOf(block)
    for (let c = 0; c < d; c++) this.z[c] = sign * this.gradients[pattern * d + c]
    const projector = working ?? this.scratch
    if (!working) projector.load(pattern, this.faces[block])
    const value = projector.project(this.z, this.program.beta)
    for (let c = 0; c < d; c++) this.polars[block * d + c] = projector.projection[c] - this.z[c]
    this.faces[block] = projector.activeRows()
    return value
  }
}
