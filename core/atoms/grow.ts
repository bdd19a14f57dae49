import type { StopReason } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiply, rowNorms } from '../linalg/products.ts'
import { LOSSES, type Loss } from '../losses/index.ts'
import type { Stream } from '../random/index.ts'
import { atomSet, joined, listAtoms, pruned, withResponses, type ActiveAtoms } from './active-atoms.ts'
import type { Atom, AtomFamily } from './family.ts'
import { interpolated } from './interpolate.ts'
import { solveMaster, zeroPoint } from './master.ts'
import { isInterpolation, predictMaster, type MasterSolution } from './master-problem.ts'
import { neighboursOf, searchMaxima, type Maximum } from './search.ts'
import { slide } from './slide.ts'
import { smoothed } from './smoothed.ts'

export interface GrowthProblem {
  readonly family: AtomFamily
  /** n×K. */
  readonly Y: Matrix
  readonly loss: Loss
  /** The factor of Σ‖cⱼ‖: β, and 1 under equality. */
  readonly beta: number
}

export interface GrowthSettings {
  /** Ends when no atom with ‖Vᵀφ‖ > β(1 + tolerance) is found. */
  readonly tolerance: number
  /** Asked between iterations. */
  readonly stop: (iteration: number) => StopReason | null
  readonly stream: Stream
  /** Atoms to start from: the result is never worse than they are. */
  readonly start?: readonly Atom[]
  /** Random starts of a search; a last one has {@link THOROUGH} times as many. Default 20. */
  readonly starts?: number
  /** Quasi-Newton steps of a slide. Default 50. */
  readonly slideSteps?: number
}

export interface GrowthProgress {
  readonly iteration: number
  readonly primal: number
  /** −ℓ*(−V) at V scaled by the largest ρ found: not a proof, there may be atoms that no search found. */
  readonly dual: number
  /** The largest ‖Vᵀφ‖/β found. */
  readonly rhoRatio: number
  readonly atoms: number
}

export interface Growth extends GrowthProgress {
  /** solved: a thorough search found no atom to add. */
  readonly status: 'solved' | 'stalled' | StopReason
  readonly network: readonly Atom[]
  /** Output weights of the free columns, q×K. */
  readonly B: Matrix
  /** n×K, in the domain of ℓ*, not scaled by {@link rhoRatio}. */
  readonly V: Matrix
}

/** A search that is to find nothing has this many times the starts. */
export const THOROUGH = 10
/** Atoms added in one iteration at most, or this share of those in use. */
const MOST_NEW = 20
const MOST_NEW_SHARE = 0.2
/** Gap of the problem over fixed atoms, relative to what is missing altogether; before a slide it may be larger. */
const MASTER_SHARE = 1e-2
const ENTERING_SHARE = 0.1
const LEAST_MASTER_TOLERANCE = 1e-12
/** An objective that falls by less than this share is idle; so many idle iterations in a row are a stall. */
const IDLE = 1e-12
const PATIENCE = 25
/** Penalties, as shares of ρ(Y), by which the squared loss leads to interpolation, and what each may take. */
const PATH = [1e-2, 1e-3, 1e-4, 1e-5]
const PATH_TOLERANCE = 1e-2
const PATH_ITERATIONS = 30

/**
 * Conditional gradient with sliding (THEORY 5a): atoms that the dual vector prices above β are found by local search
 * and join, the convex problem over fixed atoms is solved, all neurons slide together, and collinear ones are merged,
 * until a thorough search finds none. The objective never rises.
 */
export function* growAtoms(
  problem: GrowthProblem,
  settings: GrowthSettings,
): Generator<GrowthProgress, Growth> {
  const state = new GrowingSet(problem, settings, firstAtoms(problem, settings))
  let best = Infinity
  let idle = 0
  for (let iteration = 0; ; iteration++) {
    let found = state.price(iteration)
    if (state.isNearlyDone) {
      state.refine()
      found = state.price(iteration)
    }
    const now = state.progress(iteration)
    if (now.rhoRatio <= 1 + settings.tolerance) return state.result(iteration, 'solved')
    idle = now.primal < best * (1 - IDLE) ? 0 : idle + 1
    best = Math.min(best, now.primal)
    if (!state.isFeasible || idle >= PATIENCE) return state.result(iteration, 'stalled')
    yield now
    const reason = settings.stop(iteration)
    if (reason) return state.result(iteration, reason)
    state.add(found)
    state.slide()
  }
}

/** The atoms given; under equality, more of them and output weights that interpolate, where some do. */
function firstAtoms(problem: GrowthProblem, settings: GrowthSettings): ActiveAtoms {
  const { family, Y, loss } = problem
  const given = pruned(withResponses(family, atomSet(family, settings.start ?? [])))
  if (loss.id !== 'equality') return given
  const grown = withResponses(family, atomSet(family, alongPath(problem, settings)))
  const both = joined(given, grown)
  const isGood = isInterpolation(predictMaster({ Phi: both.Phi, free: family.free }, both.C, both.B), Y)
  return isGood ? both : (interpolated(family, both, Y, settings.stream.split('interpolate')) ?? both)
}

/**
 * Atoms of the squared loss for ever smaller penalties: their limit is the interpolation of minimum norm, and unlike it
 * they have smooth objectives to slide on.
 */
function alongPath({ family, Y }: GrowthProblem, settings: GrowthSettings): readonly Atom[] {
  const stream = settings.stream.split('path')
  if (family.finite) return []
  const [top] = searchMaxima(family, Y, stream, { starts: 20 })
  let atoms = settings.start ?? []
  for (const share of PATH) {
    const stage = { family, Y, loss: LOSSES.squared, beta: share * top.value }
    const stop = (iteration: number): StopReason | null =>
      iteration >= PATH_ITERATIONS ? 'maxIterations' : settings.stop(0)
    const run = growAtoms(stage, {
      ...settings,
      start: atoms,
      tolerance: PATH_TOLERANCE,
      stop,
      stream: stream.split(share),
    })
    let step = run.next()
    while (!step.done) step = run.next()
    atoms = step.value.network
  }
  return atoms
}

/** The atoms in use, their optimal output weights and prices. */
class GrowingSet {
  private atoms: ActiveAtoms
  private master: MasterSolution
  private rho = 0
  private readonly problem: GrowthProblem
  private readonly settings: GrowthSettings
  /** Gap that the problem over fixed atoms was last solved to. */
  private reached = 0

  constructor(problem: GrowthProblem, settings: GrowthSettings, atoms: ActiveAtoms) {
    this.problem = problem
    this.settings = settings
    this.atoms = atoms
    this.master = this.solved(MASTER_SHARE * settings.tolerance, zeroPoint(this.masterProblem()))
  }

  /** Whether the labels can be met: false under equality when no atoms interpolate them. */
  get isFeasible(): boolean {
    return Number.isFinite(this.master.primal)
  }

  /** Atoms that violate ‖Vᵀφ‖ ≤ β, the worst first; a first search that finds none is followed by a thorough one. */
  price(iteration: number): Maximum[] {
    const { family, beta } = this.problem
    const { tolerance, starts = 20, stream } = this.settings
    const limit = beta * (1 + tolerance)
    const look = (factor: number, key: string): Maximum[] => {
      const source = stream.split(iteration).split(key)
      const near = neighboursOf(family, this.atoms.thetas, factor, source.split('neighbours'))
      const warm = [...this.atoms.thetas, ...near]
      return searchMaxima(family, this.master.V, source, { starts: starts * factor, warm, floor: limit })
    }
    let found = look(1, 'quick')
    if (!(found[0]?.value > limit) && !family.maximize) found = look(THOROUGH, 'thorough')
    this.rho = Math.max(found[0]?.value ?? 0, this.reachOfAtoms())
    return found.filter(({ value }) => value > limit)
  }

  /** Adds atoms and solves for all output weights. */
  add(found: readonly Maximum[]): void {
    const most = Math.max(MOST_NEW, Math.ceil(MOST_NEW_SHARE * this.atoms.thetas.length))
    const news = found.slice(0, most)
    if (news.length > 0) {
      this.atoms = joined(this.atoms, {
        thetas: news.map(({ theta }) => theta),
        Phi: Matrix.fromRows(news.map(({ response }) => response)).transpose(),
      })
    }
    this.solve(ENTERING_SHARE)
  }

  /** Moves all atoms together. Losses with kinks keep the old atoms beside the new ones until their weights are solved for. */
  slide(): void {
    const { family, loss, Y, beta } = this.problem
    if (family.finite) return
    const moved = slide(
      family,
      smoothed(loss, Y, this.master.V),
      beta,
      this.atoms,
      this.settings.slideSteps ?? 50,
    )
    const after = withResponses(family, moved)
    this.atoms = pruned(Number.isFinite(loss.lipschitz) ? after : joined(this.atoms, after))
    this.solve(MASTER_SHARE)
  }

  /** Whether no atom is left to add, at a dual point that is not as good as it can be. */
  get isNearlyDone(): boolean {
    const { beta } = this.problem
    const { tolerance } = this.settings
    return this.rho <= beta * (1 + tolerance) && this.reached > MASTER_SHARE * tolerance
  }

  /** Solves for the output weights as well as the tolerance asks for. */
  refine(): void {
    this.rho = 0
    this.solve(MASTER_SHARE)
  }

  progress(iteration: number): GrowthProgress {
    const { loss, Y, beta } = this.problem
    const { V, primal } = this.master
    const shrink = this.rho > beta ? beta / this.rho : 1
    const dual = loss.dualValue(
      new Matrix(
        V.rows,
        V.cols,
        V.data.map((value) => shrink * value),
      ),
      Y,
    )
    return { iteration, primal, dual, rhoRatio: this.rho / beta, atoms: this.atoms.thetas.length }
  }

  result(iteration: number, status: Growth['status']): Growth {
    const network = listAtoms(this.atoms)
    return { ...this.progress(iteration), status, network, B: this.atoms.B, V: this.master.V }
  }

  private masterProblem() {
    const { family, Y, loss, beta } = this.problem
    return { Phi: this.atoms.Phi, free: family.free, Y, loss, beta }
  }

  /** Solves for the output weights, to a gap of that share of what the prices found say is missing. */
  private solve(share: number): void {
    const { family, beta } = this.problem
    const missing = Math.max(this.settings.tolerance, Math.min(1, this.rho / beta - 1))
    // Of finitely many atoms the known ones may themselves be what is priced wrongly: only exact weights tell.
    const wanted = family.finite ? MASTER_SHARE * this.settings.tolerance : share * missing
    const known = this.reachOfAtoms() >= this.rho ? 0.1 * this.reached : Infinity
    this.master = this.solved(Math.min(wanted, known), this.master)
  }

  private solved(tolerance: number, { V, steps }: Pick<MasterSolution, 'V' | 'steps'>): MasterSolution {
    const { C, B } = this.atoms
    this.reached = Math.max(LEAST_MASTER_TOLERANCE, tolerance)
    const solution = solveMaster(this.masterProblem(), this.reached, { C, B, V, steps })
    this.atoms = pruned({ ...this.atoms, C: solution.C, B: solution.B })
    return solution
  }

  /** max ‖Vᵀφⱼ‖ over the atoms in use. */
  private reachOfAtoms(): number {
    const reach = rowNorms(multiply(this.atoms.Phi, this.master.V, { transposeA: true }))
    return reach.reduce((a, b) => Math.max(a, b), 0)
  }
}
