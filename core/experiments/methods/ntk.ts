import { BidualError } from '../../errors.ts'
import { kernelApplies } from '../../kernel-methods/applies.ts'
import { fitCoefficients, fitFunction, fitMinimumNorm } from '../../kernel-methods/fit.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { multiply, norm2 } from '../../linalg/products.ts'
import { EQUALITY_TOLERANCE } from '../../losses/equality.ts'
import { kernelModel } from '../../networks/index.ts'
import { tangentKernel } from '../../networks/tangent-kernel.ts'
import type { SettingsOf } from '../document.ts'
import type { MethodOutcome, Problem, RunMethod } from '../problem.ts'

/**
 * The neural tangent kernel of infinitely wide two-layer ReLU networks (THEORY §6; Ergen & Pilanci 2021, §7): with the
 * equality loss w = K†y, the paper's (20); with the squared loss the same with a ridge, (β/2) times the norm chosen.
 * Another model than the network of the document: nothing is proved about that.
 *
 * @throws BidualError unsupported, with the reason
 */
export const runNtk: RunMethod<'ntk'> = function* (problem, settings, { stop }) {
  const { X, Y, loss, summary } = problem
  const { applies, because, hypotheses } = kernelApplies(loss, summary)
  if (!applies) throw new BidualError('unsupported', because)
  yield { iteration: 0, phase: 'kernel' }
  const K = tangentKernel(X, X, settings.bias)
  const reason = stop(0)
  if (reason) return { status: reason, iterations: 0, network: null, claim: CLAIM, hypotheses }
  yield { iteration: 0, phase: 'solving' }
  const { C, rank } = fit(K, problem, settings)
  const residual = residualOf(K, C, Y)
  return {
    status: loss === 'equality' && residual > EQUALITY_TOLERANCE ? 'stalled' : 'solved',
    iterations: 1,
    network: kernelModel(X, C, settings),
    claim: CLAIM,
    hypotheses,
    details: {
      ...(rank === null ? {} : { 'rank of the kernel': rank }),
      'relative residual': residual,
    },
  }
}

const CLAIM: MethodOutcome['claim'] = {
  level: 'none',
  lowerBound: null,
  how: 'Exact for its own model, infinitely wide networks whose neurons hardly move, which is another problem: nothing is proved about the network.',
}

function fit(
  K: Matrix,
  { Y, loss, beta }: Problem,
  { norm }: SettingsOf<'ntk'>,
): { C: Matrix; rank: number | null } {
  if (loss === 'equality') return fitMinimumNorm(K, Y)
  const solve = norm === 'function' ? fitFunction : fitCoefficients
  return { C: solve(K, Y, beta), rank: null }
}

/** ‖K·C − Y‖_F/‖Y‖_F; the numerator alone where Y = 0. */
function residualOf(K: Matrix, C: Matrix, Y: Matrix): number {
  const R = multiply(K, C, { alpha: -1, beta: 1, out: Y.clone() })
  return norm2(R.data) / (norm2(Y.data) || 1)
}
