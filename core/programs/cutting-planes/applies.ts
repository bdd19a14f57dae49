import { cellBound } from '../../arrangements/count.ts'
import type { LossId, NetworkSettings, SettingsOf } from '../../experiments/document.ts'
import type { Hypothesis, ProblemSummary, SpikeFacts } from '../../experiments/result.ts'
import { formatCount } from '../../export/format.ts'
import { LOSSES } from '../../losses/index.ts'
import type { Coverage } from '../applies.ts'

type Settings = Pick<SettingsOf<'cutting-planes'>, 'oracle' | 'limit'>
type Check = Hypothesis & { reason: string }

/** Rank up to which `auto` enumerates, as the convex program does. */
const AUTO_RANK = 3

/** Which oracle a run uses: `auto` takes the spike-free one where it is exact, else the exact one where that is quick. */
export function oracleFor(
  network: NetworkSettings,
  summary: ProblemSummary,
  { oracle, limit }: Settings,
  spikeFree: boolean,
): 'spike-free' | 'exact' {
  if (oracle !== 'auto') return oracle
  const { rank, cells } = cellsOf(network, summary)
  return !spikeFree && rank <= AUTO_RANK && cells <= limit ? 'exact' : 'spike-free'
}

/**
 * Whether the cutting-plane method (THEORY §6) covers a problem, and why. Light enough for a form: what it says of the data
 * is in their summary.
 */
export function cuttingPlanesApplies(
  network: NetworkSettings,
  loss: LossId,
  summary: ProblemSummary,
  settings: Settings,
): Coverage {
  const checks = [
    ...networkChecks(network),
    ...lossChecks(loss, summary),
    limitCheck(network, summary, settings),
  ]
  const failed = checks.find(({ holds }) => !holds)
  const hypotheses = checks.map(({ name, holds, value }) => ({ name, holds, value }))
  if (failed) return { applies: false, because: failed.reason, hypotheses }
  const fact = factFor(network, summary.spikeFree)
  return {
    applies: true,
    because: words(network, summary, settings, fact),
    hypotheses: fact ? [...hypotheses, spikeHypothesis(fact)] : hypotheses,
  }
}

/** The row of the table of hypotheses: "spike-free: no, rows 3 and 7". Rows are counted from 1. */
export function spikeHypothesis({
  holds,
  rows,
}: {
  holds: boolean
  rows: readonly number[] | null
}): Hypothesis {
  const value = rows ? `rows ${rows.map((i) => i + 1).join(' and ')} of the training data` : null
  return { name: 'spike-free', holds, value }
}

const hasBias = ({ family }: NetworkSettings) => family === 'relu-bias'

function factFor(network: NetworkSettings, facts: SpikeFacts | undefined): SpikeFacts['plain'] {
  return (hasBias(network) ? facts?.bias : facts?.plain) ?? null
}

function cellsOf(
  network: NetworkSettings,
  { n, rank, rankCentered }: ProblemSummary,
): { rank: number; cells: number } {
  return hasBias(network)
    ? { rank: rankCentered, cells: n * cellBound(n - 1, rankCentered) }
    : { rank, cells: cellBound(n, rank) }
}

function networkChecks(network: NetworkSettings): Check[] {
  const { family } = network
  return [
    {
      name: 'ReLU neurons',
      holds: family === 'relu' || family === 'relu-bias',
      value: family,
      reason: `The cutting-plane method covers relu and relu-bias networks, not ${family}: use the convex program.`,
    },
    {
      name: 'two layers',
      holds: network.layers === 2,
      value: network.layers,
      reason: `A network of ${network.layers} layers is not made of single neurons: use two layers.`,
    },
    {
      name: 'output bias',
      holds: family !== 'relu-bias' || network.outputBias,
      value: null,
      reason:
        'Without an output bias hidden biases grow without end: the dual needs 1ᵀv = 0 all the same. Switch the output bias on.',
    },
  ]
}

function lossChecks(loss: LossId, { labels }: ProblemSummary): Check[] {
  const { title, labels: allowed } = LOSSES[loss]
  return [
    {
      name: 'a loss of each output alone',
      holds: loss !== 'cross-entropy',
      value: title,
      reason:
        'The ℓ₁ form for several outputs solves them one by one, and cross-entropy couples them: choose the squared loss.',
    },
    {
      name: `labels ${allowed.join(' or ')}`,
      holds: allowed.includes(labels),
      value: labels,
      reason: `The ${title} loss takes ${allowed.join(' or ')} labels; these are ${labels}. Choose another loss or coding.`,
    },
  ]
}

function limitCheck(network: NetworkSettings, summary: ProblemSummary, { oracle, limit }: Settings): Check {
  const { cells } = cellsOf(network, summary)
  return {
    name: 'cells within the limit',
    holds: oracle !== 'exact' || cells <= limit,
    value: cells,
    reason: `The exact oracle would enumerate up to ${formatCount(cells)} cells, more than the limit of ${formatCount(limit)}: use the spike-free oracle, or raise the limit.`,
  }
}

function words(
  network: NetworkSettings,
  summary: ProblemSummary,
  settings: Settings,
  fact: SpikeFacts['plain'],
): string {
  const several = summary.outputs > 1 ? ' Outputs are solved one by one, at an ℓ₁ penalty.' : ''
  if (oracleFor(network, summary, settings, fact?.holds ?? false) === 'exact') {
    const cells = formatCount(cellsOf(network, summary).cells)
    return `Every neuron is priced exactly, over at most ${cells} cells.${several}`
  }
  if (fact?.holds) return `The data are spike-free: a cone projection prices every neuron exactly.${several}`
  const doubt = fact ? 'The data are not spike-free' : 'Unless the data turn out to be spike-free'
  return `${doubt}: only neurons that are active on every sample are priced, an upper bound of the optimum.${several}`
}
