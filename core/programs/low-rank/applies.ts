import type { GrowableArrangements, LossId, NetworkSettings } from '../../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../../experiments/result.ts'
import { LOSSES } from '../../losses/index.ts'
import { convexApplies } from '../applies.ts'
import { lossLipschitz } from './bound.ts'

export interface LowRankQuestion {
  /** Singular directions kept, or `variance` where their number is found when the data are decomposed. */
  rank: number | 'variance'
  arrangements: GrowableArrangements
}

/** Whether the convex program on truncated data covers a problem (THEORY 3.9), and why. Only counts are computed. */
export function lowRankApplies(
  network: NetworkSettings,
  loss: LossId,
  summary: ProblemSummary,
  { rank, arrangements }: LowRankQuestion,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const { family } = network
  const covered = family === 'relu' || family === 'parallel'
  const plain = {
    name: 'path norm or weight decay of a relu or parallel network',
    holds: covered,
    value: family,
  }
  if (!covered) {
    return {
      applies: false,
      because: `The low-rank guarantee is for relu and parallel networks, not for ${family}: add a truncate step to the data instead.`,
      hypotheses: [plain],
    }
  }
  const left = rank === 'variance' ? 1 : Math.min(rank, summary.rank)
  const convex = convexApplies(network, loss, { ...summary, rank: left }, { arrangements })
  const because = `${keptWords(rank, summary)} ${guaranteeWords(loss)}`
  return {
    applies: convex.applies,
    because: convex.applies ? because : convex.because,
    hypotheses: [
      plain,
      // The number of cells is only known with the rank.
      ...convex.hypotheses.filter(({ name }) => rank !== 'variance' || name !== 'cells within the limit'),
      guaranteeHypothesis(loss, summary.n),
    ],
  }
}

/** The hypothesis of the guarantee; where it fails the method still runs, and proves nothing. */
function guaranteeHypothesis(loss: LossId, n: number): Hypothesis {
  const lipschitz = lossLipschitz(loss, n)
  return {
    name: 'loss Lipschitz in the predictions (for the guarantee)',
    holds: lipschitz !== null,
    value: lipschitz ?? loss,
  }
}

function keptWords(rank: LowRankQuestion['rank'], { rank: of }: ProblemSummary): string {
  if (rank === 'variance') return 'The leading singular directions of the data are kept.'
  return rank < of
    ? `${rank} of ${of} singular directions of the data are kept.`
    : `All ${of} singular directions of the data are kept: nothing is left out.`
}

function guaranteeWords(loss: LossId): string {
  return lossLipschitz(loss, 1) === null
    ? `The ${LOSSES[loss].title} loss is not Lipschitz: nothing is guaranteed about what is left out.`
    : 'A lower bound for the data as they are follows from the first direction left out.'
}
