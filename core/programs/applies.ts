import { cellBound, enumerates, formatCount } from '../arrangements/count.ts'
import type { ArrangementSettings, LossId, NetworkSettings } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'

/** Rank of the matrix whose rows cut the cells: X, or [U, 1/√n] for batch normalisation (THEORY §3). */
export function arrangedRank(family: NetworkSettings['family'], summary: ProblemSummary): number {
  return family === 'bn-relu' ? summary.rankCentered + 1 : summary.rank
}

/**
 * Whether the two-layer convex programs (THEORY 3.1, 3.2) and their gated relaxation cover a problem, and why.
 * Light enough for a form: only counts are computed.
 */
export function convexApplies(
  network: NetworkSettings,
  loss: LossId,
  summary: ProblemSummary,
  arrangements: ArrangementSettings,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const rank = arrangedRank(network.family, summary)
  const cells = cellBound(summary.n, rank)
  const all = enumerates(arrangements, summary.n, rank)
  const needsSigns = loss === 'hinge' || loss === 'logistic'
  const { covered, words } = networkCovered(network)
  const checks: (Hypothesis & { reason: string })[] = [
    {
      name: 'two-layer ReLU, plain or with batch normalisation before it',
      holds: covered,
      value: words,
      reason: `No convex program for ${words} is built in: use gradient training, or a two-layer relu or bn-relu network.`,
    },
    {
      name: 'one output',
      holds: summary.outputs === 1 && loss !== 'cross-entropy',
      value: summary.outputs,
      reason:
        loss === 'cross-entropy'
          ? 'Cross-entropy has an output per class, and the program for vector outputs has no direct solver: use the logistic loss with two classes, or gradient training.'
          : `The program for ${summary.outputs} outputs has no direct solver: choose two classes with a scalar output, a closed form, or gradient training.`,
    },
    {
      name: 'labels ±1',
      holds: !needsSigns || summary.labels === 'sign',
      value: summary.labels,
      reason: `The ${loss} loss needs labels ±1; these are ${summary.labels}. Choose a target with two classes, or the squared loss.`,
    },
    {
      name: 'cells within the limit',
      holds: !all || cells <= arrangements.limit,
      value: cells,
      reason: `Up to ${formatCount(cells)} cells are more than the limit of ${formatCount(arrangements.limit)}: sample the arrangements or raise the limit.`,
    },
  ]
  const failed = checks.find(({ holds }) => !holds)
  const hypotheses = checks.map(({ name, holds, value }) => ({ name, holds, value }))
  return {
    applies: !failed,
    because: failed?.reason ?? dictionaryWords(all, cells, rank, arrangements),
    hypotheses,
  }
}

/** Whether the programs of this folder are those of the network, and the network in words. */
function networkCovered({ family, layers }: NetworkSettings): { covered: boolean; words: string } {
  const covered = (family === 'relu' && layers === 2) || family === 'bn-relu'
  return { covered, words: `${family} networks of ${layers} layers` }
}

function dictionaryWords(all: boolean, cells: number, rank: number, { count }: ArrangementSettings): string {
  return all
    ? `All cells (at most ${formatCount(cells)}) of rank ${rank} are enumerated: the optimum is global.`
    : `Rank ${rank} has up to ${formatCount(cells)} cells; ${formatCount(count)} are sampled.`
}
