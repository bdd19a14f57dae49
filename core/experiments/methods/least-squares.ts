import { leastSquaresApplies } from '../../closed-form/least-squares-applies.ts'
import { ridge } from '../../closed-form/ridge.ts'
import { BidualError } from '../../errors.ts'
import { linearNetwork, objective } from '../../networks/index.ts'
import type { RunMethod } from '../problem.ts'

/**
 * The one-layer linear model F = X·W of least ½‖XW − Y‖² + (β/2)‖W‖².
 *
 * It is exact for that model, but the model is another problem: its value bounds nothing about the network of the
 * document (weight decay on one layer is not weight decay on two), so the certificate level is `none` and there is
 * no lower bound that could be shown beside the network's.
 *
 * @throws BidualError unsupported, when the loss is not the squared one.
 */
export const runLeastSquares: RunMethod<'least-squares'> = function* (problem) {
  const { X, Y, network, loss, beta, summary } = problem
  const { applies, because, hypotheses } = leastSquaresApplies(network, loss, summary)
  if (!applies) throw new BidualError('unsupported', because)
  yield { iteration: 0, phase: 'factorising' }
  const model = linearNetwork(ridge(X, Y, beta))
  return {
    status: 'solved',
    iterations: 1,
    network: model,
    claim: {
      level: 'none',
      lowerBound: null,
      how: 'Exact optimum of the one-layer linear model ½‖XW − Y‖² + (β/2)‖W‖², which is another problem: nothing is proved about the ReLU network.',
    },
    hypotheses,
    details: { 'optimum of the one-layer model': objective(model, X, Y, loss, beta) },
  }
}
