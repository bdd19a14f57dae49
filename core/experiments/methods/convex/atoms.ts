import { growAtoms, type Growth } from '../../../atoms/grow.ts'
import { atomsOf, type AtomFamily } from '../../../atoms/index.ts'
import { scaledDualPoint, type DualPoint } from '../../../certificates/scaling.ts'
import { combine, norm2 } from '../../../linalg/products.ts'
import { effectiveBeta, LOSSES } from '../../../losses/index.ts'
import { stream } from '../../../random/index.ts'
import type { SettingsOf } from '../../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../problem.ts'

type Settings = SettingsOf<'convex'>
type Run<Result> = Generator<MethodProgress, Result>

/**
 * Neurons with biases on data on a line (THEORY 5.7): kinks at the data points are enough, 2n atoms, and every search
 * for the most violated one is exact.
 *
 * Without an output bias this is an upper bound only: hidden biases that grow without limit make constants as cheap as
 * one likes, so the dual of these atoms bounds no network. The one with the constant free does.
 */
export function* runAtoms(
  problem: Problem,
  settings: Settings,
  context: RunContext,
): Run<Omit<MethodOutcome, 'hypotheses'>> {
  const { growth, family } = yield* grown(problem, settings, context)
  const own = outcome(problem, settings.tolerance, growth, family.recover(growth.network, growth.B))
  const { network } = problem
  if (network.family !== 'relu-bias' || network.outputBias) return own
  const free = { ...problem, network: { ...network, outputBias: true } }
  const lowerBound = dualOf(free, (yield* grown(free, settings, context)).growth).value
  return {
    ...own,
    claim: {
      level: 'bound',
      lowerBound,
      how: 'Dual point of the problem with a free output bias, which hidden biases that grow without limit come near; both directions at every data point were priced exactly.',
    },
  }
}

function* grown(
  problem: Problem,
  { tolerance, search }: Settings,
  { stop, dictionarySeed }: RunContext,
): Run<{ growth: Growth; family: AtomFamily }> {
  const { Y } = problem
  const loss = LOSSES[problem.loss]
  const beta = effectiveBeta(problem.loss, problem.beta)
  const family = atomsOf(problem)
  const source = stream(dictionarySeed).split('growth')
  // Least norms are proportional to the targets: those of norm one are solved for, whatever the scale.
  const size = loss.id === 'equality' ? norm2(Y.data) || 1 : 1
  const unit = combine(1 / size, Y, 0, Y)
  const run = growAtoms(
    { family, Y: unit, loss, beta },
    { tolerance, stop, stream: source, starts: search.starts },
  )
  let step = run.next()
  while (!step.done) {
    const { iteration, primal, dual, atoms } = step.value
    yield { iteration, objective: size * primal, dual: size * dual, phase: `${atoms} atoms` }
    step = run.next()
  }
  return { growth: times(size, step.value), family }
}

/** The growth for `size` times its targets, under equality. */
function times(size: number, growth: Growth): Growth {
  if (size === 1) return growth
  const { primal, dual, network, B } = growth
  return {
    ...growth,
    primal: size * primal,
    dual: size * dual,
    network: network.map((atom) => ({ ...atom, c: atom.c.map((value) => size * value) })),
    B: combine(size, B, 0, B),
  }
}

/** The multipliers that a growth ends with, feasible for all atoms. */
function dualOf({ Y, loss, beta }: Problem, { V, rhoRatio }: Growth): DualPoint {
  return scaledDualPoint({ Y, loss: LOSSES[loss], beta }, V.data, rhoRatio * effectiveBeta(loss, beta))
}

/** The growth stops on prices; the gap of the point it ends at may be closed before, or not be closed yet. */
function growthStatus(status: Growth['status'], isSolved: boolean): MethodOutcome['status'] {
  if (status === 'solved') return isSolved ? 'solved' : 'almostSolved'
  return status === 'stalled' && isSolved ? 'solved' : status
}

function outcome(
  problem: Problem,
  tolerance: number,
  growth: Growth,
  recovered: MethodOutcome['network'],
): Omit<MethodOutcome, 'hypotheses'> {
  const { status, iteration, primal, network } = growth
  const dual = dualOf(problem, growth)
  const isSolved = primal - dual.value <= tolerance * Math.abs(primal)
  return {
    status: growthStatus(status, isSolved),
    iterations: iteration,
    network: recovered,
    program: { objective: primal, dual: dual.value },
    claim: {
      level: 'global',
      lowerBound: dual.value,
      how: 'Dual point feasible for both directions at every data point, where the kinks of optimal neurons are; each was priced exactly.',
    },
    arrays: { dual: { shape: [problem.Y.rows, problem.Y.cols], data: dual.V } },
    details: { 'active atoms': network.length },
  }
}
