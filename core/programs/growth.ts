import { linearize, stack, type AtomFamily } from '../atoms/family.ts'
import { slide } from '../atoms/slide.ts'
import { smoothed } from '../atoms/smoothed.ts'
import { neighboursOf, searchMaxima } from '../atoms/search.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiply, norm2, rowNorms } from '../linalg/products.ts'
import type { Stream } from '../random/index.ts'
import { penaltyOf } from '../solvers/penalty.ts'
import { residualAtZero } from '../solvers/solver.ts'
import { BlockTable } from './block-table.ts'
import { priceDirections } from './cell-oracle.ts'
import type { Dictionary } from './dictionary.ts'
import type { ProgramFamily } from './families/index.ts'
import type { Found, Growth } from './grow.ts'
import type { Block, ConvexProgram } from './program.ts'

/** Quasi-Newton steps of a slide. */
const SLIDE_STEPS = 30
/** New blocks of a round at most. */
const MOST_NEW = 60
/** The last search has this many times the starts. */
const THOROUGH = 5

type Task = Pick<ConvexProgram, 'Y' | 'loss' | 'beta'>

/** The blocks that a growth has found, in the order in which it found them. */
export interface FoundBlocks {
  /** An atom in each cell; empty where the cells were given. */
  atoms: readonly Float64Array[]
  /** The cell and the unit output direction of each block. */
  cells: readonly number[]
  outputs: readonly Float64Array[]
}

/** Growth by new cells: those of the neurons that a local search finds (THEORY 5a). */
export class NeuronGrowth implements Growth {
  program: ConvexProgram
  private readonly table = new BlockTable()
  private readonly family: ProgramFamily
  private readonly atoms: AtomFamily
  private readonly dictionary: Dictionary
  private readonly starts: number
  private readonly stream: Stream

  /** @param atoms of the same network family as `family`; @param starts random starts of a search */
  constructor(task: Task, family: ProgramFamily, atoms: AtomFamily, starts: number, stream: Stream) {
    this.family = family
    this.atoms = atoms
    this.starts = starts
    this.stream = stream
    this.dictionary = family.growing()
    this.program = { ...task, dictionary: this.dictionary, blocks: this.table, cones: true }
  }

  /** Adds the cells of atoms: with both signs when the output is scalar, else along what prices them at zero. */
  start(initial: readonly Float64Array[]): void {
    const signs = [Float64Array.of(1), Float64Array.of(-1)]
    const pairs =
      this.program.Y.cols === 1
        ? initial.flatMap((theta) => signs.map((output) => ({ theta, output })))
        : this.directions(initial, residualAtZero(this.program))
    for (const { theta, output } of pairs) this.admit(theta, output)
  }

  /** Adds the block of one neuron at a dual vector; false when it is known or V does not see it. */
  add(theta: Float64Array, V: Float64Array): boolean {
    return this.directions([theta], V).some(({ output }) => this.admit(theta, output))
  }

  /** What has been found so far. */
  get found(): FoundBlocks {
    return { atoms: this.family.seeds(this.dictionary), ...this.table.blocks }
  }

  /** Adds what a growth of the same problem had found; false when these are no blocks of it. */
  restore({ atoms, cells, outputs }: FoundBlocks): boolean {
    const known = atoms.every((theta, cell) => this.family.admit(this.dictionary, theta) === cell)
    return known && this.table.complete(cells, outputs, this.dictionary.count)
  }

  search(V: Float64Array, present: readonly Block[], round: number, thorough: boolean): Found {
    const { Y } = this.program
    const beta = penaltyOf(this.program)
    const factor = thorough ? THOROUGH : 1
    const source = this.stream.split(round)
    const own = present.map((block) => this.unitAtom(block))
    const near = neighboursOf(this.atoms, own, factor, source.split('neighbours'))
    const maxima = searchMaxima(this.atoms, new Matrix(Y.rows, Y.cols, V), source, {
      starts: factor * this.starts,
      warm: [...own, ...near],
      floor: beta,
    })
    const above = maxima.filter(({ value }) => value > beta).slice(0, MOST_NEW)
    const fresh = this.directions(
      above.map(({ theta }) => theta),
      V,
    ).filter(({ theta, output }) => this.admit(theta, output))
    return { rho: (maxima[0]?.value ?? 0) / beta, added: fresh.length + this.slid(present, V) }
  }

  /**
   * Slides the present neurons together (THEORY 5a): a few quasi-Newton steps on all of them and their output weights,
   * through the walls of their cells, and adds the cells that they reach where V prices the neuron above β.
   */
  private slid(present: readonly Block[], V: Float64Array): number {
    const { Y, loss } = this.program
    if (present.length === 0 || this.atoms.finite) return 0
    const C = Matrix.zeros(present.length, Y.cols)
    const thetas = present.map((block, j) => {
      const theta = this.family.atom(this.dictionary, block)
      const size = this.atoms.normalize(theta)
      block.output.forEach((g, k) => C.set(j, k, size * g))
      return theta
    })
    const dual = new Matrix(Y.rows, Y.cols, V)
    const start = { thetas, C, B: Matrix.zeros(0, Y.cols) }
    const end = slide(this.atoms, smoothed(loss, Y, dual), penaltyOf(this.program), start, SLIDE_STEPS)
    const { responses } = linearize(this.atoms, stack(this.atoms, end.thetas))
    const prices = rowNorms(multiply(responses, dual, { transposeA: true }))
    return end.thetas.filter((theta, j) => {
      const c = end.C.row(j)
      const size = norm2(c)
      const helps = size > 0 && prices[j] > penaltyOf(this.program)
      return (
        helps &&
        this.admit(
          theta,
          c.map((value) => value / size),
        )
      )
    }).length
  }

  private admit(theta: Float64Array, output: Float64Array): boolean {
    const cell = this.family.admit(this.dictionary, theta)
    return cell >= 0 && this.table.add(cell, output)
  }

  private unitAtom(block: Block): Float64Array {
    const theta = this.family.atom(this.dictionary, block)
    this.atoms.normalize(theta)
    return theta
  }

  /** g = Vᵀφ(θ)/‖Vᵀφ(θ)‖ of every atom with a response that V sees. */
  private directions(
    thetas: readonly Float64Array[],
    V: Float64Array,
  ): { theta: Float64Array; output: Float64Array }[] {
    if (thetas.length === 0) return []
    const { responses } = linearize(this.atoms, stack(this.atoms, thetas))
    const { Y } = this.program
    const P = multiply(responses, new Matrix(Y.rows, Y.cols, V), { transposeA: true })
    return thetas.flatMap((theta, j) => {
      const size = norm2(P.row(j))
      return size > 0 ? [{ theta, output: P.row(j).map((value) => value / size) }] : []
    })
  }
}

/** Growth by output directions over the cells of a given dictionary: programs with vector outputs (THEORY 3.3). */
export class DirectionGrowth implements Growth {
  program: ConvexProgram
  private readonly table = new BlockTable()

  /** @param cones false for the gated relaxation */
  constructor(task: Task, dictionary: Dictionary, cones: boolean) {
    this.program = { ...task, dictionary, blocks: this.table, cones }
  }

  /** See {@link NeuronGrowth.found}; the cells are those given. */
  get found(): FoundBlocks {
    return { atoms: [], ...this.table.blocks }
  }

  /** See {@link NeuronGrowth.restore}. */
  restore({ atoms, cells, outputs }: FoundBlocks): boolean {
    return atoms.length === 0 && this.table.complete(cells, outputs, this.program.dictionary.count)
  }

  search(V: Float64Array): Found {
    const { Y, dictionary, cones } = this.program
    const beta = penaltyOf(this.program)
    const { found } = priceDirections(dictionary, new Matrix(Y.rows, Y.cols, V), beta, cones)
    const fresh = found.slice(0, MOST_NEW).filter(({ cell, output }) => this.table.add(cell, output))
    return { rho: (found[0]?.value ?? 0) / beta, added: fresh.length }
  }
}
