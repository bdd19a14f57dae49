import { networkBound } from '../../certificates/network-bound.ts'
import { scaledDualPoint } from '../../certificates/scaling.ts'
import { BidualError } from '../../errors.ts'
import { formatCount } from '../../export/format.ts'
import type { SpikeFreeTest } from '../../geometry/spike-free.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { effectiveBeta, LOSSES } from '../../losses/index.ts'
import { cuttingPlanesApplies, spikeHypothesis } from '../../programs/cutting-planes/applies.ts'
import type { OutputProgram } from '../../programs/cutting-planes/output-program.ts'
import { recoverCuts } from '../../programs/cutting-planes/recover.ts'
import { outputPrograms, setUp, type CuttingSetUp } from '../../programs/cutting-planes/set-up.ts'
import { unfittedClaim } from './convex/claim.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext, RunMethod } from '../problem.ts'
import type { RunStatus } from '../result.ts'

/** A bound of the network below this share of the objective says too little to stand in place of the program's own. */
const INFORMATIVE = 0.5
/** A rectified response this near to the range of the data, as a share of its norm, is in it. */
const IN_RANGE = 1e-9
/** Cones of the search for a bound where the oracle was not exact. */
const BOUND_CONES = 100_000

/**
 * The cutting-plane method (THEORY §6; Ergen & Pilanci 2021 (JMLR), Alg. 1 and 3; several outputs by the ℓ₁ form of A.7.3):
 * the program over the neurons found so far, and an oracle that finds those whose constraint its dual vector violates.
 * Exact where the oracle is: over all cells enumerated, and on spike-free data, which are tested.
 *
 * @throws BidualError unsupported or too-large, with the reason
 */
export const runCuttingPlanes: RunMethod<'cutting-planes'> = function* (problem, settings, context) {
  const { network, loss, summary } = problem
  const { applies, because, hypotheses } = cuttingPlanesApplies(network, loss, summary, settings)
  if (!applies) throw new BidualError('unsupported', because)
  yield { iteration: 0, phase: 'testing whether the data are spike-free' }
  const setup = setUp(problem, settings)
  const programs = outputPrograms(problem, settings, setup)
  const { iterations, status } = yield* cut(programs, context)
  const objective = total(programs, 'primal')
  const { spikeFree, witness, correlation } = setup.spikeFree
  const known = hypotheses.filter(({ name }) => name !== 'spike-free')
  return {
    status,
    iterations,
    network: Number.isFinite(objective) ? recoverCuts(programs, setup, problem.X.cols) : null,
    program: { objective, dual: total(programs, 'dual') },
    claim: claimOf(problem, programs, setup),
    hypotheses: [...known, spikeHypothesis({ holds: spikeFree, rows: witness?.rows ?? null })],
    arrays: { dual: { shape: [summary.n, programs.length], data: dualMatrix(programs).data } },
    details: {
      oracle: setup.kind,
      ...(setup.oracle.cells === null ? {} : { patterns: setup.oracle.cells }),
      'neurons generated': total(programs, 'size'),
      'largest partial correlation': correlation,
      ...witnessDetails(setup.spikeFree),
    },
  }
}

const total = (programs: readonly OutputProgram[], what: 'primal' | 'dual' | 'size') =>
  programs.reduce((sum, program) => sum + program[what], 0)

/** Rounds of cuts for every output that is not solved, until none is left, none makes progress, or the run is stopped. */
function* cut(
  programs: readonly OutputProgram[],
  { stop }: RunContext,
): Generator<MethodProgress, { iterations: number; status: RunStatus }> {
  let open = [...programs]
  for (let iteration = 0; ; iteration++) {
    yield progressOf(programs, iteration)
    open = open.filter(({ isSolved }) => !isSolved)
    if (open.length === 0) {
      const status = programs.every(({ isSolved }) => isSolved) ? 'solved' : 'stalled'
      return { iterations: iteration, status }
    }
    const reason = stop(iteration)
    if (reason) return { iterations: iteration, status: reason }
    open = open.filter((program) => program.step())
  }
}

function progressOf(programs: readonly OutputProgram[], iteration: number): MethodProgress {
  const finite = (value: number) => (Number.isFinite(value) ? value : undefined)
  return {
    iteration,
    objective: finite(total(programs, 'primal')),
    dual: finite(total(programs, 'dual')),
    phase: `${formatCount(total(programs, 'size'))} neurons`,
  }
}

function claimOf(
  problem: Problem,
  programs: readonly OutputProgram[],
  setup: CuttingSetUp,
): MethodOutcome['claim'] {
  if (!Number.isFinite(total(programs, 'primal'))) return unfittedClaim(total(programs, 'dual'))
  if (!setup.exact) return restrictedClaim(problem, programs, setup)
  const source =
    setup.kind === 'exact'
      ? `all ${formatCount(setup.oracle.cells ?? 0)} cells, each priced exactly`
      : 'every neuron: the data are spike-free, and a cone projection prices all of them'
  if (programs.length === 1) {
    const how = `Dual point feasible for ${source}.`
    return { level: 'global', lowerBound: programs[0].dual, how }
  }
  const V = dualMatrix(programs)
  const rho = Math.min(setup.oracle.boundVectors(V) ?? Infinity, apart(problem, programs))
  return {
    level: 'bound',
    lowerBound: boundAt(problem, V, rho),
    how: `Dual points of the outputs, scaled to be feasible together for ${source}.`,
  }
}

/** Neurons active on every sample only: what that proves of the network is what a search over all neurons finds. */
function restrictedClaim(
  problem: Problem,
  programs: readonly OutputProgram[],
  { data: { A } }: CuttingSetUp,
): MethodOutcome['claim'] {
  const V = dualMatrix(programs)
  const found = searchedBound(problem, A, V)
  if (found !== null && found >= INFORMATIVE * total(programs, 'primal')) {
    return {
      level: 'bound',
      lowerBound: found,
      how: 'Dual point of the spike-free relaxation, scaled to be feasible for every neuron (branch and bound).',
    }
  }
  return {
    level: 'dictionary',
    lowerBound: boundAt(problem, V, apart(problem, programs)),
    how: 'Only neurons that are active on every sample, and those given at the start, were priced, and the data are not spike-free: an upper bound of the optimum.',
  }
}

/** ‖Vᵀφ‖₂ ≤ √K·β where every column of V is feasible. */
const apart = ({ loss, beta }: Problem, programs: readonly OutputProgram[]): number =>
  Math.sqrt(programs.length) * effectiveBeta(loss, beta)

function boundAt({ Y, loss, beta }: Problem, V: Matrix, rho: number): number {
  return scaledDualPoint({ Y, loss: LOSSES[loss], beta }, V.data, rho).value
}

/** Only where neurons have no biases of their own. */
function searchedBound({ Y, network, loss, beta }: Problem, A: Matrix, V: Matrix): number | null {
  if (network.family !== 'relu') return null
  const question = { A, V, Y, loss: LOSSES[loss], beta }
  return networkBound(question, { maxCones: BOUND_CONES }).lowerBound
}

/** n×K, the dual vectors of the outputs. */
function dualMatrix(programs: readonly OutputProgram[]): Matrix {
  const V = Matrix.zeros(programs[0].v.length, programs.length)
  programs.forEach(({ v }, k) => {
    v.forEach((value, i) => {
      V.set(i, k, value)
    })
  })
  return V
}

/** By how much the witness misses the range of the data or, where it is inside, how much longer than u its z has to be. */
function witnessDetails({ witness }: SpikeFreeTest): Record<string, number> {
  if (!witness) return {}
  const { outside, stretch } = witness
  return outside > IN_RANGE ? { 'spike outside the range': outside } : { 'spike stretched by': stretch }
}
