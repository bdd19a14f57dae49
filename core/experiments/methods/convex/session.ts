import { atomsOf } from '../../../atoms/index.ts'
import { LOSSES } from '../../../losses/index.ts'
import { betaMax } from '../../../programs/beta-max.ts'
import type { Dictionary } from '../../../programs/dictionary.ts'
import { familyOf, type ProgramFamily } from '../../../programs/families/index.ts'
import { warmStart } from '../../../programs/grow.ts'
import { DirectionGrowth, NeuronGrowth } from '../../../programs/growth.ts'
import { dictionaryPlan } from '../../../programs/plan.ts'
import { scalarProgram, type ConvexProgram } from '../../../programs/program.ts'
import { stream } from '../../../random/index.ts'
import { solveActiveSet } from '../../../solvers/active-set.ts'
import { solveAdmm } from '../../../solvers/admm.ts'
import { residualAtZero, type SolverResult } from '../../../solvers/solver.ts'
import type { SettingsOf } from '../../document.ts'
import type { MethodProgress, Problem, RunContext } from '../../problem.ts'
import { prove, type Proof } from './proof.ts'
import { grow, recomputed, solve } from './run.ts'

/** The convex program of one β, solved, and what is proved beyond its cells. */
export interface SolvedCells {
  program: ConvexProgram
  result: SolverResult
  /** The largest ρ/β that the last search saw, where cells or directions were found by growth. */
  rhoFound: number | null
  rounds: number
  proof: Proof | null
}

/** Neurons that the proof finds above β are added and the growth goes on, this often at most. */
const REOPENINGS = 20

/**
 * The programs over cells (THEORY 3.1–3.6) of one problem, for one β after another: the cells are built once, grown
 * cells are kept, and every solve starts from the last solution.
 */
export class CellsSession {
  readonly family: ProgramFamily
  private readonly problem: Problem
  private readonly settings: SettingsOf<'convex'>
  private readonly context: RunContext
  /** Where cells, or directions of several outputs, are found on the way. */
  private readonly growth: NeuronGrowth | DirectionGrowth | null
  private readonly dictionary: Dictionary
  private last: SolverResult | undefined

  constructor(problem: Problem, settings: SettingsOf<'convex'>, context: RunContext) {
    this.problem = problem
    this.settings = settings
    this.context = context
    this.family = familyOf(problem)
    const fixed = this.fixedCells()
    this.growth = this.growthOver(fixed)
    this.dictionary = this.growth?.program.dictionary ?? fixed!
  }

  /** Solves the program for β from the last solution, and proves what can be proved. */
  *solve(beta: number): Generator<MethodProgress, SolvedCells> {
    const solved = yield* this.growth ? this.grown(this.growth, beta) : this.fixed(beta)
    this.last = solved.result
    return solved
  }

  /**
   * The largest ‖Vᵀφ‖ that is found at V = −∇ℓ(0): β from which on the zero network is optimal, exact for the cells of
   * a program with one output, otherwise what a search finds.
   */
  betaMax(): number {
    const { Y } = this.problem
    const program = { ...this.programAt(1), beta: 1 }
    const V = residualAtZero(program)
    if (Y.cols === 1 && !this.growth) return betaMax(program)
    this.growth!.program = program
    return this.growth!.search(V, [], 0, true).rho
  }

  private fixedCells(): Dictionary | null {
    const { network, summary } = this.problem
    const { arrangements } = this.settings
    const plan = dictionaryPlan(network, summary, arrangements)
    if (plan === 'grow') return null
    // `auto` stays: cells of two levels are only known to be too many while they are counted.
    const mode = arrangements.mode === 'auto' ? 'auto' : plan
    const cells = this.family.dictionary({ ...arrangements, mode }, this.context.dictionarySeed)
    return plan === 'enumerate' && !cells.complete ? null : cells
  }

  private growthOver(cells: Dictionary | null): NeuronGrowth | DirectionGrowth | null {
    const { Y, loss, beta } = this.problem
    const task = { Y, loss: LOSSES[loss], beta }
    if (cells) return Y.cols > 1 ? new DirectionGrowth(task, cells, true) : null
    const { arrangements, search } = this.settings
    const { dictionarySeed } = this.context
    const source = stream(dictionarySeed).split('growth')
    const growth = new NeuronGrowth(task, this.family, atomsOf(this.problem), search.starts, source)
    if (arrangements.mode === 'grow') {
      const sampled = this.family.dictionary({ ...arrangements, mode: 'sample' }, dictionarySeed)
      growth.start(this.family.seeds(sampled))
    }
    return growth
  }

  /** Over all blocks: growth only holds those that it found. */
  private programAt(beta: number): ConvexProgram {
    const { Y, loss } = this.problem
    if (this.growth && Y.cols > 1) return { ...this.growth.program, beta }
    return scalarProgram(this.dictionary, Y, LOSSES[loss], beta)
  }

  private *fixed(beta: number): Generator<MethodProgress, SolvedCells> {
    const { tolerance, solver } = this.settings
    const program = this.programAt(beta)
    const warm = this.last && warmStart(program, this.last)
    const run = solver === 'admm' ? solveAdmm : solveActiveSet
    const result = yield* solve(run, program, tolerance, this.context, warm)
    return yield* this.proved({ program, result, rhoFound: null, rounds: 0, proof: null })
  }

  private *grown(
    growth: NeuronGrowth | DirectionGrowth,
    beta: number,
  ): Generator<MethodProgress, SolvedCells> {
    const { tolerance } = this.settings
    growth.program = { ...growth.program, beta }
    let from = this.last
    for (let reopening = 0; ; reopening++) {
      const { result, rhoFound, rounds } = yield* grow(growth, tolerance, this.context, from)
      const stopped = this.context.stop(result.iterations) !== null
      const program = this.programAt(beta)
      const exact = stopped ? result : recomputed(program, result)
      const solved = yield* this.proved({ program, result: exact, rhoFound, rounds, proof: null })
      if (stopped || reopening >= REOPENINGS || !reopens(growth, solved, tolerance)) return solved
      from = exact
    }
  }

  private *proved(solved: SolvedCells): Generator<MethodProgress, SolvedCells> {
    const { program, result } = solved
    const halt = () => this.context.stop(result.iterations) !== null
    const exact = program.dictionary.complete && program.Y.cols === 1
    if (exact || halt()) return solved
    yield { iteration: result.iterations, phase: 'proving' }
    const { family, problem, settings } = this
    const question = {
      program,
      family,
      network: problem.network,
      V: result.V,
      limits: settings.proof,
      halt,
    }
    return { ...solved, proof: prove(question) }
  }
}

/** Adds the neuron that the proof found above β; false when there is none or it is known. */
function reopens(
  growth: NeuronGrowth | DirectionGrowth,
  { proof, result }: SolvedCells,
  tolerance: number,
): boolean {
  if (!(growth instanceof NeuronGrowth) || !proof?.violator || proof.rhoRatio <= 1 + tolerance) return false
  return growth.add(proof.violator, result.V)
}
