import { growAtoms, type Growth } from '../../../atoms/grow.ts'
import { atomsOf } from '../../../atoms/index.ts'
import { scaledDualPoint } from '../../../certificates/scaling.ts'
import { effectiveBeta, LOSSES } from '../../../losses/index.ts'
import { stream } from '../../../random/index.ts'
import type { SettingsOf } from '../../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../problem.ts'

/**
 * Neurons with biases on data of rank one (THEORY 5.7): kinks at the data points are enough, 2n atoms, and every search
 * for the most violated one is exact.
 */
export function* runAtoms(
  problem: Problem,
  { tolerance, search }: SettingsOf<'convex'>,
  { stop, dictionarySeed }: RunContext,
): Generator<MethodProgress, Omit<MethodOutcome, 'hypotheses'>> {
  const { Y } = problem
  const loss = LOSSES[problem.loss]
  const beta = effectiveBeta(problem.loss, problem.beta)
  const family = atomsOf(problem)
  const source = stream(dictionarySeed).split('growth')
  const run = growAtoms({ family, Y, loss, beta }, { tolerance, stop, stream: source, starts: search.starts })
  let step = run.next()
  while (!step.done) {
    const { iteration, primal, dual, atoms } = step.value
    yield { iteration, objective: primal, dual, phase: `${atoms} atoms` }
    step = run.next()
  }
  return outcome(problem, tolerance, step.value, family.recover(step.value.network, step.value.B))
}

function outcome(
  { Y, loss, beta }: Problem,
  tolerance: number,
  { status, iteration, primal, rhoRatio, network, V }: Growth,
  recovered: MethodOutcome['network'],
): Omit<MethodOutcome, 'hypotheses'> {
  const rho = rhoRatio * effectiveBeta(loss, beta)
  const dual = scaledDualPoint({ Y, loss: LOSSES[loss], beta }, V.data, rho)
  const isSolved = primal - dual.value <= tolerance * Math.abs(primal)
  return {
    // The growth stops on prices; the gap of the point it ends at may be closed before.
    status: status === 'stalled' && isSolved ? 'solved' : status,
    iterations: iteration,
    network: recovered,
    program: { objective: primal, dual: dual.value },
    claim: {
      level: 'global',
      lowerBound: dual.value,
      how: 'Dual point feasible for both directions at every data point, where the kinks of optimal neurons are; each was priced exactly.',
    },
    arrays: { dual: { shape: [Y.rows, Y.cols], data: dual.V } },
    details: { 'active atoms': network.length },
  }
}
