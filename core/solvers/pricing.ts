import { norm2 } from '../linalg/products.ts'
import type { ConvexProgram } from '../programs/program.ts'
import type { BlockProjector } from './cone-projector.ts'
import { Descending } from './descending.ts'
import { penaltyOf } from './penalty.ts'
import { alongOutput } from './responses.ts'

/** Relative distance from β that rounding of prices cannot bridge. */
const SCREENING_MARGIN = 1e-9

/** Blocks in work by their number; null projectors for the gated relaxation. */
export type WorkingSet = ReadonlyMap<number, { readonly projector: BlockProjector | null }>

export interface PricingOptions {
  wanted?: number
  working?: WorkingSet
  halt?: () => boolean
}

/** What a dual vector V is worth on the dictionary. */
export interface Prices {
  /** An upper bound of ρ(V) = max_b ‖Π_{C_b}(BᵀVg)‖, exact where it exceeds β and `wanted` was not reached. */
  rho: number
  /** For each block: the norm of the projection, or an upper bound of it that is at most β. */
  values: Float64Array
  /** Blocks whose projection was computed and exceeds β, largest first. */
  violators: number[]
}

/**
 * Prices every block of a program at a dual vector (THEORY §2, §4).
 *
 * Most blocks are excluded without a projection: ‖Π(z)‖ ≤ ‖z + θp‖ for every θ ≥ 0 and every p in the cone
 * {Gᵀλ : λ ≥ 0}, and the p of the last projection of the same block is kept. Memory: two vectors a block.
 */
export class Pricer {
  private readonly program: ConvexProgram
  /** BᵀVg of every block; of scalar outputs BᵀV of every cell. */
  private readonly gradients: Float64Array
  /** p of the last projection of every block. */
  private readonly polars: Float64Array
  private readonly faces: (Int32Array | undefined)[] = []
  private readonly scratch: BlockProjector | null
  private readonly z: Float64Array
  /** Blocks that no optimal solution uses: they are not priced any more. */
  private readonly screened: Uint8Array

  constructor(program: ConvexProgram) {
    const { dictionary, blocks, cones, Y } = program
    this.program = program
    this.gradients = new Float64Array((Y.cols === 1 ? dictionary.count : blocks.count) * dictionary.size)
    this.polars = new Float64Array(cones ? blocks.count * dictionary.size : 0)
    this.scratch = cones ? dictionary.projector() : null
    this.z = new Float64Array(dictionary.size)
    this.screened = new Uint8Array(blocks.count)
  }

  /** Blocks that screening has left. */
  get left(): number {
    return this.screened.reduce((sum, flag) => sum + 1 - flag, 0)
  }

  /**
   * Gap-safe screening (Ndiaye et al. 2017): a block that stays below β on the whole ball in which the optimal dual
   * vector lies is zero in every solution, and is dropped for good. The ball is around scale·V, V the vector of the
   * prices. What is priced later bounds the program without those blocks, which has the same optimum.
   *
   * @param scale makes V feasible; @param radius of the ball; @param norm an upper bound of ‖B_i‖₂ of every cell
   */
  screen({ values }: Prices, scale: number, radius: number, norm: number): void {
    const reach = penaltyOf(this.program) * (1 - SCREENING_MARGIN) - norm * radius
    for (let b = 0; b < values.length; b++) if (scale * values[b] < reach) this.screened[b] = 1
  }

  /**
   * @param V n×K, row-major
   * @param options wanted: stop projecting after this many blocks above β that are not in work, the others count with
   * their upper bounds; working: blocks in work, whose projectors are on a face near the solution; halt: asked before
   * every projection, true stops as `wanted` does
   */
  price(V: Float64Array, options: PricingOptions = {}): Prices {
    const { wanted = Infinity, working, halt } = options
    const penalty = penaltyOf(this.program)
    this.pullAll(V)
    const values = this.upperBounds(penalty)
    const order = contenders(values, penalty)
    const violators: number[] = []
    let fresh = 0
    while (fresh < wanted && !halt?.()) {
      const block = order.take()
      if (block < 0) break
      const known = working?.get(block)
      if (this.scratch) values[block] = this.project(block, penalty, known?.projector ?? this.scratch, !known)
      if (values[block] > penalty) violators.push(block)
      if (values[block] > penalty && !known) fresh++
    }
    violators.sort((a, b) => values[b] - values[a])
    return { rho: largest(values), values, violators }
  }

  /** ρ(V), exact: blocks are projected, those with the largest bounds first, until no bound is above the best value. */
  maximum(V: Float64Array): number {
    this.pullAll(V)
    const values = this.upperBounds(0)
    if (!this.scratch) return largest(values)
    const order = contenders(values, 0)
    let best = 0
    for (let block = order.take(); block >= 0 && values[block] > best; block = order.take()) {
      best = Math.max(best, this.project(block, best, this.scratch, true))
    }
    return best
  }

  /** An upper bound of max ‖Π_{C_b}(BᵀVg)‖ over the blocks in work alone, at least β. */
  priceSome(V: Float64Array, working: WorkingSet): number {
    const { dictionary, blocks, Y } = this.program
    const penalty = penaltyOf(this.program)
    let rho = penalty
    for (const [block, { projector }] of working) {
      const along = Y.cols === 1 ? V : alongOutput(V, blocks.output(block))
      dictionary.pull(blocks.cell(block), along, this.gradient(block))
      rho = Math.max(
        rho,
        projector ? this.project(block, penalty, projector, false) : norm2(this.gradient(block)),
      )
    }
    return rho
  }

  private pullAll(V: Float64Array): void {
    const { dictionary, blocks, Y } = this.program
    if (Y.cols === 1) {
      dictionary.pullAll(V, this.gradients)
      return
    }
    for (let b = 0; b < blocks.count; b++) {
      dictionary.pull(blocks.cell(b), alongOutput(V, blocks.output(b)), this.gradient(b))
    }
  }

  private gradient(block: number): Float64Array {
    const d = this.z.length
    const slot = this.program.Y.cols === 1 ? this.program.blocks.cell(block) : block
    return this.gradients.subarray(slot * d, (slot + 1) * d)
  }

  /** The factor between the gradient that is kept and that of the block. */
  private sign(block: number): number {
    return this.program.Y.cols === 1 ? this.program.blocks.output(block)[0] : 1
  }

  private upperBounds(penalty: number): Float64Array {
    const { gradients, z } = this
    const { blocks, cones, Y } = this.program
    const values = new Float64Array(blocks.count)
    for (let b = 0; b < values.length; b++) {
      if (this.screened[b]) continue
      const from = (Y.cols === 1 ? blocks.cell(b) : b) * z.length
      let square = 0
      for (let at = from; at < from + z.length; at++) square += gradients[at] * gradients[at]
      const norm = isSafeSquare(square) ? Math.sqrt(square) : norm2(this.gradient(b))
      values[b] = cones && norm > penalty ? this.polarBound(b, from, norm) : norm
    }
    return values
  }

  /** min over θ ≥ 0 of ‖z + θp‖; the gradient of the block is at `from`. */
  private polarBound(block: number, from: number, norm: number): number {
    const { gradients, polars } = this
    const d = this.z.length
    const base = block * d
    let [square, product] = [0, 0]
    for (let c = 0; c < d; c++) {
      square += polars[base + c] * polars[base + c]
      product += polars[base + c] * gradients[from + c]
    }
    const sign = this.sign(block)
    if (!(sign * product < 0) || !isSafeSquare(square)) return norm
    const theta = -product / square
    let sum = 0
    for (let c = 0; c < d; c++) sum += (gradients[from + c] + theta * polars[base + c]) ** 2
    return isSafeSquare(sum) ? Math.sqrt(sum) : norm
  }

  private project(block: number, penalty: number, projector: BlockProjector, load: boolean): number {
    const { z } = this
    const g = this.gradient(block)
    const sign = this.sign(block)
    for (let c = 0; c < z.length; c++) z[c] = sign * g[c]
    if (load) projector.load(this.program.blocks.cell(block), this.faces[block])
    const value = projector.project(z, penalty)
    const p = this.polars.subarray(block * z.length, (block + 1) * z.length)
    for (let c = 0; c < z.length; c++) p[c] = projector.projection[c] - z[c]
    this.faces[block] = projector.activeRows()
    return value
  }
}

/** Blocks with values above a bound, largest first. */
function contenders(values: Float64Array, above: number): Descending {
  const numbers: number[] = []
  for (let b = 0; b < values.length; b++) if (values[b] > above) numbers.push(b)
  return new Descending(values, numbers)
}

function largest(values: Float64Array): number {
  let most = 0
  for (let b = 0; b < values.length; b++) most = Math.max(most, values[b])
  return most
}

/** Whether a sum of squares has neither over- nor underflowed. */
const isSafeSquare = (square: number) => square > 1e-280 && square < 1e300
