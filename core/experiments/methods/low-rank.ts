import { directionsKept } from '../../data/preprocess/truncate.ts'
import { rowSpace } from '../../data/spectrum.ts'
import { BidualError } from '../../errors.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { objective } from '../../networks/index.ts'
import { lowRankApplies } from '../../programs/low-rank/applies.ts'
import {
  lossLipschitz,
  lowRankDualBound,
  lowRankFactor,
  lowRankInterval,
  truncatedProblem,
  type LowRankSetting,
} from '../../programs/low-rank/index.ts'
import { METHOD_SCHEMAS, type SettingsOf } from '../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunMethod } from '../problem.ts'
import { runConvex } from './convex.ts'

/**
 * The convex program on the data with their leading singular directions only (THEORY 3.9; Ergen & Pilanci 2023, Thm 2),
 * whose cells are few enough to enumerate. The network is evaluated on the data as they are; its weights lie in the
 * directions kept, where both agree.
 *
 * @throws BidualError unsupported or too-large, with the reason
 */
export const runLowRank: RunMethod<'low-rank'> = function* (problem, settings, context) {
  const { network, loss, summary } = problem
  const answer = lowRankApplies(network, loss, summary, settings)
  if (!answer.applies) throw new BidualError('unsupported', answer.because)
  yield { iteration: 0, phase: 'truncating the data' }
  const rank = rankOf(problem.X, settings)
  const { problem: truncated, sigmaNext } = truncatedProblem(problem, rank)
  const outcome = yield* withoutDuals(runConvex(truncated, convexSettings(settings), context))
  const setting = settingOf(problem, sigmaNext)
  return {
    ...outcome,
    claim: outcome.network ? lowRankClaim(problem, outcome.claim, sigmaNext, setting) : outcome.claim,
    hypotheses: answer.hypotheses,
    details: {
      'singular directions kept': truncated.summary.rank,
      'largest singular value left out': sigmaNext,
      ...guaranteeDetails(problem, outcome, setting),
      ...outcome.details,
    },
  }
}

/** Progress without dual values: they bound the truncated problem, not the one whose objective is shown. */
function* withoutDuals(
  run: Generator<MethodProgress, MethodOutcome>,
): Generator<MethodProgress, MethodOutcome> {
  let step = run.next()
  while (!step.done) {
    const { dual: _dual, ...progress } = step.value
    yield progress
    step = run.next()
  }
  return step.value
}

function rankOf(X: Matrix, { rank, variance }: SettingsOf<'low-rank'>): number {
  return rank === 'variance' ? directionsKept(rowSpace(X).s, { variance }) : rank
}

/** The settings that both methods have, and the defaults of the others. */
function convexSettings({
  id: _id,
  rank: _rank,
  variance: _variance,
  ...shared
}: SettingsOf<'low-rank'>): SettingsOf<'convex'> {
  return METHOD_SCHEMAS.convex.parse({ id: 'convex', ...shared })
}

/** What the guarantee depends on; null where the loss has none. */
function settingOf({ network, loss, beta, summary }: Problem, sigmaNext: number): LowRankSetting | null {
  const lipschitz = lossLipschitz(loss, summary.n)
  const [m1, m2] = network.family === 'parallel' ? [network.m1, network.m2] : [1, 1]
  return lipschitz === null ? null : { sigmaNext, beta, m1, m2, lipschitz }
}

/**
 * From what was proved on the truncated data to what that says about the data: a bound over all neurons there, divided by
 * the factor by which the objective of any network can change.
 */
function lowRankClaim(
  { loss }: Problem,
  claim: MethodOutcome['claim'],
  sigmaNext: number,
  setting: LowRankSetting | null,
): MethodOutcome['claim'] {
  if (sigmaNext === 0) return { ...claim, how: `Nothing was left out of the data. ${claim.how}` }
  const nothing = (how: string) => ({ level: 'none' as const, lowerBound: null, how })
  if (!setting) {
    return nothing(
      `The ${loss} loss is not Lipschitz in the predictions: nothing is proved about the data that were truncated. The objective is an upper bound of the optimum.`,
    )
  }
  if (claim.lowerBound === null || (claim.level !== 'global' && claim.level !== 'bound')) {
    return nothing('Only some cells of the truncated data were used: nothing is proved beyond them.')
  }
  return {
    level: 'bound',
    lowerBound: lowRankDualBound({ dual: Math.max(0, claim.lowerBound), ...setting }),
    how: `Lower bound on the truncated data divided by ${lowRankFactor(setting).toPrecision(6)}, the most by which they change the objective of a network (Ergen & Pilanci 2023, Thm 2, with R = ${setting.lipschitz.toPrecision(4)}). ${claim.how}`,
  }
}

/** The factor, and the lower end of the theorem's interval at the objective on the data as they are. */
function guaranteeDetails(
  { X, Y, loss, beta }: Problem,
  { network }: MethodOutcome,
  setting: LowRankSetting | null,
): Record<string, number> {
  if (!setting || !network) return {}
  const pr = objective(network, X, Y, loss, beta)
  return {
    'factor of the guarantee': lowRankFactor(setting),
    'lower end of the guaranteed interval': lowRankInterval({ pr, ...setting }).lower,
  }
}
