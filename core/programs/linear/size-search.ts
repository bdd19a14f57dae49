import type { RunStatus } from '../../experiments/result.ts'
import { Matrix } from '../../linalg/matrix.ts'
import type { SolverProgress, SolverSettings } from '../../solvers/solver.ts'
import type { NuclearSolver } from './nuclear-newton.ts'
import { nuclearPoint, residualAtZero, spectralPrice, type NuclearProgram } from './nuclear-program.ts'
import { decayCost, sizeOfCost } from './schatten.ts'
import { SizeFunction } from './size-function.ts'

export interface SizeSearchResult {
  status: RunStatus
  iterations: number
  /** The best point seen. */
  W: Matrix
  /** ℓ + (βL/2)‖W‖_*^{2/L} there. */
  objective: number
  /** No W has less. */
  lowerBound: number
}

export interface SizeSearch {
  /** β is that of the weight decay. */
  program: NuclearProgram
  layers: number
  /** A lower bound of ℓ(A·W) over all W. */
  infimum: number
  solver: NuclearSolver
  /**
   * An objective that the bound will be compared with. Where it is far above the optimum found here, the bound needs no
   * more accuracy than a small share of that distance.
   */
  reference?: number
}

/** Programs solved before the search, as shares of the penalty from which on W = 0 is optimal. */
const FIRST_PENALTIES = [0.3, 0.03]
const MAX_STEPS = 5000
/** Accuracy of the bound as a share of its distance to the reference. */
const REFERENCE_SHARE = 0.02
/** A gap up to this many times the one asked for counts as almost solved. */
const NEARLY = 1000

/** An interval of sizes. */
interface Piece {
  from: number
  to: number
  /** The least value of tangents + chord of the penalty, and where it is. */
  bound: number
  at: number
}

/**
 * min over W of ℓ(A·W) + (βL/2)‖W‖_*^{2/L}, to a proved relative gap. That is the objective of the linear network of L
 * layers where W has a single singular value, and a lower bound of it elsewhere, because Σσᵢ^{2/L} ≥ (Σσᵢ)^{2/L}.
 *
 * Branch and bound over the size s = ‖W‖_*: g(s), the least ℓ of that size, is bounded below by tangents, the penalty on
 * an interval [a, b] by its chord, so that the bound of an interval is the minimum of a convex piecewise linear function.
 * The interval with the least bound is refined where that is attained: by another nuclear-norm program when g is the
 * looser part, by splitting when the chord is.
 */
export function* searchSizes(
  search: SizeSearch,
  { tolerance, stop }: SolverSettings,
): Generator<SolverProgress, SizeSearchResult> {
  const state = new SearchState(search, 0.01 * tolerance, stop)
  if (state.zeroPenalty > 0) {
    for (const share of FIRST_PENALTIES) yield* state.solve(share * state.zeroPenalty)
  }
  state.start()
  for (let step = 0; step < MAX_STEPS; step++) {
    const piece = state.loosest()
    if (!piece) return state.result('solved')
    state.offerMixed(piece.at)
    if (state.objective - piece.bound <= state.allowance(tolerance)) return state.result('solved')
    yield { iteration: state.iterations, primal: state.objective, dual: piece.bound }
    const reason = stop(state.iterations)
    if (reason) return state.result(reason)
    const penalty = state.fitIsLooser(piece) ? state.refiningPenalty(piece) : null
    if (penalty !== null) yield* state.solve(penalty)
    else if (!state.split(piece)) return state.result(state.isNearly(tolerance) ? 'almostSolved' : 'stalled')
  }
  return state.result('maxIterations')
}

class SearchState {
  /** From this penalty on W = 0 is optimal. */
  readonly zeroPenalty: number
  iterations = 0
  objective: number
  /** No optimum is larger. */
  private end = Infinity
  private W: Matrix
  /** Null until they are laid out. */
  private pieces: Piece[] | null = null
  private readonly search: SizeSearch
  private readonly tolerance: number
  private readonly stop: SolverSettings['stop']
  private readonly g: SizeFunction

  constructor(search: SizeSearch, tolerance: number, stop: SolverSettings['stop']) {
    const { program, infimum } = search
    this.search = search
    this.tolerance = tolerance
    this.stop = stop
    const V = residualAtZero(program)
    this.zeroPenalty = spectralPrice(program, V)
    const zero = nuclearPoint(program, Matrix.zeros(program.A.cols, program.Y.cols))
    this.g = new SizeFunction(infimum, { ...zero, V, dual: zero.fit }, this.zeroPenalty)
    this.W = zero.W
    this.objective = zero.fit
  }

  /** Solves the nuclear-norm program with that penalty and takes in what it says. */
  *solve(beta: number): Generator<SolverProgress, void> {
    const { search, g } = this
    const before = this.iterations
    const settings = { tolerance: this.tolerance, stop: (k: number) => this.stop(before + k) }
    const run = search.solver({ ...search.program, beta }, settings, g.closest(beta))
    let step = run.next()
    while (!step.done) {
      this.iterations = before + step.value.iteration
      yield { iteration: this.iterations, primal: this.objective, dual: this.lowerBound }
      step = run.next()
    }
    this.iterations = before + step.value.iterations
    g.add(step.value, beta)
    this.offerMixed(step.value.size)
    for (const piece of this.pieces ?? []) this.bound(piece)
  }

  /** Lays out the first interval, once an objective bounds the sizes; none where W = 0 is optimal without a penalty. */
  start(): void {
    const { program, layers, infimum } = this.search
    const to = sizeOfCost((this.objective - infimum) / program.beta, layers)
    this.end = to
    this.pieces = this.zeroPenalty > 0 ? [this.bound({ from: 0, to, bound: 0, at: 0 })] : []
  }

  /** How far the bound may stay below the objective. */
  allowance(tolerance: number): number {
    const { reference = -Infinity } = this.search
    return Math.max(tolerance * Math.abs(this.objective), REFERENCE_SHARE * (reference - this.objective))
  }

  /** The interval with the least bound; null when no size can be better than the best. */
  loosest(): Piece | null {
    return (this.pieces ?? []).reduce<Piece | null>(
      (best, piece) => (best && best.bound <= piece.bound ? best : piece),
      null,
    )
  }

  /** Offers the mixture of known points of that size. */
  offerMixed(size: number): void {
    const { fit, mix } = this.g.mixed(size)
    const objective = fit + this.penalty(size)
    if (!(objective < this.objective)) return
    this.objective = objective
    this.W = mix()
  }

  /** Whether the bounds of g are further apart than the penalty and its chord, where the bound is attained. */
  fitIsLooser(piece: Piece): boolean {
    const { at } = piece
    const fit = this.g.mixed(at).fit - this.g.lower(at)
    return fit > this.penalty(at) - this.chord(piece)(at)
  }

  /** The penalty whose program refines g there; null when it would say nothing new. */
  refiningPenalty(piece: Piece): number | null {
    const slope = this.g.chordSlope(piece.at, this.end)
    return slope > 1e-12 * this.zeroPenalty && !this.g.knows(slope) ? slope : null
  }

  /** Splits an interval where its bound is attained; false when that is one of its ends. */
  split(piece: Piece): boolean {
    const { from, to, at } = piece
    if (!(at > from && at < to)) return false
    const halves = [this.bound({ ...piece, to: at }), this.bound({ ...piece, from: at })]
    const others = (this.pieces ?? []).filter((other) => other !== piece)
    this.pieces = [...others, ...halves].filter(({ bound }) => bound < this.objective)
    return true
  }

  /** Whether what is left is rounding; with a tiny β the sizes that could be better have no end within reach. */
  isNearly(tolerance: number): boolean {
    return this.objective - this.lowerBound <= NEARLY * this.allowance(tolerance)
  }

  result(status: RunStatus): SizeSearchResult {
    const { iterations, W, objective, lowerBound } = this
    return { status, iterations, W, objective, lowerBound }
  }

  private get lowerBound(): number {
    if (!this.pieces) return this.search.infimum
    return this.pieces.reduce((least, { bound }) => Math.min(least, bound), this.objective)
  }

  private penalty(size: number): number {
    const { program, layers } = this.search
    return program.beta * decayCost(Float64Array.of(size), layers)
  }

  private chord({ from, to }: Piece): (s: number) => number {
    const [low, high] = [this.penalty(from), this.penalty(to)]
    return (s) => low + ((high - low) * (s - from)) / (to - from)
  }

  /**
   * The minimum of tangents + chord on a piece. Between two points whose highest tangents fall and rise with the chord,
   * the crossing of the two is below all of the function; a tangent that is higher there replaces one of them.
   */
  private bound(piece: Piece): Piece {
    const { from, to } = piece
    const chord = this.chord(piece)
    const rise = (chord(to) - chord(from)) / (to - from)
    const at = (s: number, bound: number) => Object.assign(piece, { at: s, bound })
    let falling = this.g.steepest(from)
    if (falling.slope <= rise) return at(from, this.g.lower(from) + chord(from))
    let rising = this.g.steepest(to)
    if (rising.slope >= rise) return at(to, this.g.lower(to) + chord(to))
    for (;;) {
      const s = (falling.value - rising.value) / (falling.slope - rising.slope)
      const height = falling.value - falling.slope * s
      const higher = this.g.steepest(s)
      const known = higher === falling || higher === rising
      if (known || higher.value - higher.slope * s <= height) return at(s, height + chord(s))
      if (higher.slope > rise) falling = higher
      else rising = higher
    }
  }
}
