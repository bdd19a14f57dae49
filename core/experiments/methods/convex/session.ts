import { atomsOf } from '../../../atoms/index.ts'
import { LOSSES } from '../../../losses/index.ts'
import { betaMax } from '../../../programs/beta-max.ts'
import type { Dictionary } from '../../../programs/dictionary.ts'
import { familyOf, type ProgramFamily } from '../../../programs/families/index.ts'
import { warmStart, type GrowPoint } from '../../../programs/grow.ts'
import { DirectionGrowth, NeuronGrowth } from '../../../programs/growth.ts'
import { dictionaryPlan } from '../../../programs/plan.ts'
import { scalarProgram, type ConvexProgram } from '../../../programs/program.ts'
import { stream } from '../../../random/index.ts'
import { solveActiveSet } from '../../../solvers/active-set.ts'
import { solveAdmm } from '../../../solvers/admm.ts'
import { residualAtZero, type SolverResult } from '../../../solvers/solver.ts'
import type { SettingsOf } from '../../document.ts'
import { certify } from '../../certify.ts'
import type { MethodProgress, NamedArrays, Problem, RunContext, StopReason } from '../../problem.ts'
import { damaged, LARGEST_SEARCH, type ConvexState } from './checkpoint.ts'
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
  /** What is left to do where the run was stopped, or its bound search has used up its cones with a gap left. */
  open: ConvexState | null
  /** Cones that its bound search left. */
  openCones: number
}

/** How far a solve has got: what of a {@link ConvexState} is neither its result nor its blocks. */
interface Place extends Pick<ConvexState, 'proving' | 'reopenings' | 'search'> {
  growth: { point: GrowPoint; rhoFound: number } | null
  best: Proof | null
}

const UNPROVED = { proof: null, open: null, openCones: 0 }
const BEGIN: Place = { proving: false, reopenings: 0, growth: null, best: null, search: null }

/** A solved program with the proof of its own dual vector: `proof` is the best of all so far. */
type ProvedCells = SolvedCells & { latest: Proof | null }

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

  /**
   * Solves the program for β from the last solution, and proves what can be proved.
   *
   * @param from where a stopped run of this problem and β goes on, in a new session
   * @throws BidualError bad-input when its blocks are none of this problem
   */
  *solve(beta: number, from: ConvexState | null = null): Generator<MethodProgress, SolvedCells> {
    const place = from ? this.take(from) : BEGIN
    const solved = yield* this.growth ? this.grown(this.growth, beta, place) : this.fixed(beta, place)
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

  private *fixed(beta: number, place: Place): Generator<MethodProgress, SolvedCells> {
    const { tolerance, solver } = this.settings
    const program = this.programAt(beta)
    const { last } = this
    let result = place.proving ? last : undefined
    if (!result) {
      const run = solver === 'admm' ? solveAdmm : solveActiveSet
      const warm = last && warmStart(program, last)
      result = yield* solve(run, program, tolerance, this.context, warm, last?.iterations)
    }
    const proving = place.proving || !this.isStopped(result)
    const solved = { program, result, rhoFound: null, rounds: 0, ...UNPROVED }
    return yield* this.proved(solved, { ...place, proving })
  }

  private *grown(
    growth: NeuronGrowth | DirectionGrowth,
    beta: number,
    start: Place,
  ): Generator<MethodProgress, SolvedCells> {
    growth.program = { ...growth.program, beta }
    let [place, from] = [start, this.last]
    for (;;) {
      const solved = yield* this.grownOnce(growth, place, from)
      const { result, latest, proof, open } = solved
      const isOver = (open && this.isStopped(result)) || place.reopenings >= REOPENINGS
      if (isOver || !reopens(growth, latest, result.V, this.settings.tolerance)) return solved
      place = { ...BEGIN, reopenings: place.reopenings + 1, best: proof }
      from = result
    }
  }

  /** Grows until no neuron is found, unless that was done when the run was stopped, and proves. */
  private *grownOnce(
    growth: NeuronGrowth | DirectionGrowth,
    place: Place,
    from: SolverResult | undefined,
  ): Generator<MethodProgress, ProvedCells> {
    const { tolerance } = this.settings
    let [result, at] = [place.proving ? from : undefined, place.growth]
    if (!result || !at) {
      const grown = yield* grow(growth, tolerance, this.context, from, at?.point)
      result = grown.result
      at = { point: grown.point, rhoFound: grown.rhoFound }
    }
    const program = this.programAt(growth.program.beta)
    const proving = place.proving || !this.isStopped(result)
    if (proving && !place.proving) result = recomputed(program, result)
    const { rhoFound, point } = at
    const solved = { program, result, rhoFound, rounds: point.round, ...UNPROVED }
    return yield* this.proved(solved, { ...place, growth: at, proving })
  }

  /** Proves what can be proved, with what is left to do when a limit comes before the end. */
  private *proved(solved: SolvedCells, place: Place): Generator<MethodProgress, ProvedCells> {
    const { program, result } = solved
    const own = { ...solved, proof: place.best, latest: null }
    if (place.proving && program.dictionary.complete && program.Y.cols === 1) return own
    const reason = this.context.stop(result.iterations)
    if (!place.proving || reason) {
      const ended = { ...result, status: reason ?? result.status }
      return { ...own, result: ended, open: this.stateOf(own, place) }
    }
    yield { iteration: result.iterations, phase: 'proving' }
    const { latest, isCut, reason: halted } = this.prove(solved, place.search)
    const proof = better(place.best, latest)
    if (!isCut || !proof || closes(proof, result)) return { ...solved, proof, latest }
    const search = latest?.open?.save(LARGEST_SEARCH) ?? null
    const open = this.stateOf(solved, { ...place, best: proof, search })
    const status = halted ?? result.status
    const openCones = latest?.open?.open ?? 0
    return { ...solved, result: { ...result, status }, proof, latest, open, openCones }
  }

  /** The proof of one dual vector, whether its search was ended before it was over, and why when not by its cones. */
  private prove(
    { program, result }: SolvedCells,
    from: NamedArrays | null,
  ): { latest: Proof | null; isCut: boolean; reason: StopReason | null } {
    const { family, problem, settings } = this
    let reason: StopReason | null = null
    const halt = () => (reason ??= this.context.stop(result.iterations)) !== null
    const { network } = problem
    const latest = prove({ program, family, network, V: result.V, limits: settings.proof, halt, from })
    const isCut = family.pooled ? latest?.open != null : reason !== null
    return { latest, isCut, reason }
  }

  private isStopped({ iterations }: SolverResult): boolean {
    return this.context.stop(iterations) !== null
  }

  private stateOf({ result }: SolvedCells, { growth: at, ...place }: Place): ConvexState {
    return { ...place, result, growth: at && this.growth && { ...at, found: this.growth.found } }
  }

  /** Takes over what a stopped run has left. */
  private take({ result, growth, best, ...place }: ConvexState): Place {
    const { dictionary } = this
    const isKnown = growth ? this.growth?.restore(growth.found) : !this.growth
    const fits = result.blocks.every(
      ({ cell, vector }) => cell >= 0 && cell < dictionary.count && vector.length === dictionary.size,
    )
    if (!isKnown || !fits) throw damaged()
    this.last = result
    return { ...place, growth, best: best && { ...best, violator: null, open: null } }
  }
}

/** The proof with the larger bound. */
function better(known: Proof | null, latest: Proof | null): Proof | null {
  return known && !(latest && latest.lowerBound >= known.lowerBound) ? known : latest
}

/** Whether a bound is so near that nothing is left to look for. */
function closes({ lowerBound }: Proof, { primal }: SolverResult): boolean {
  return certify(primal, { level: 'global', lowerBound, how: '' }).level === 'global'
}

/** Adds the neuron that the proof found above β; false when there is none or it is known. */
function reopens(
  growth: NeuronGrowth | DirectionGrowth,
  proof: Proof | null,
  V: Float64Array,
  tolerance: number,
): boolean {
  if (!(growth instanceof NeuronGrowth) || !proof?.violator || proof.rhoRatio <= 1 + tolerance) return false
  return growth.add(proof.violator, V)
}
