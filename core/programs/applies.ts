import { formatCount } from '../export/format.ts'
import { BidualError } from '../errors.ts'
import type {
  ArrangementSettings,
  FamilyId,
  GrowableArrangements,
  LossId,
  NetworkSettings,
  SettingsOf,
} from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'
import { LOSSES } from '../losses/index.ts'
import { arrangedShape, dictionaryPlan, type ArrangedShape } from './plan.ts'

export interface Coverage {
  applies: boolean
  because: string
  hypotheses: Hypothesis[]
}

type Check = Hypothesis & { reason: string }

/** The settings of the convex method that decide whether it applies. */
export type ConvexQuestion = { arrangements: GrowableArrangements } & Partial<
  Pick<SettingsOf<'convex'>, 'solver'>
>

/**
 * Whether a convex program (THEORY §3) covers a problem, and why. Light enough for a form: only counts are computed.
 */
export function convexApplies(
  network: NetworkSettings,
  loss: LossId,
  summary: ProblemSummary,
  { arrangements, solver = 'active-set' }: ConvexQuestion,
): Coverage {
  const overCells = !['linear', 'relu-bias'].includes(network.family)
  const checks = [...familyChecks(network, summary), labelCheck(loss, summary)]
  if (!overCells || checks.some(({ holds }) => !holds))
    return answer(checks, () => EXACT_WORDS[network.family] ?? '')
  return overShape(network, summary, (shape) => {
    const plan = dictionaryPlan(network, summary, arrangements)
    if (plan === 'enumerate') checks.push(limitCheck(network.family, shape, arrangements))
    if (solver === 'admm') checks.push(admmCheck(summary.outputs, plan))
    return answer(checks, () => cellWords(plan, shape, summary.outputs, arrangements))
  })
}

/** Whether a path in β can be followed: where the convex program is over cells, and β matters. */
export function pathApplies(
  network: NetworkSettings,
  loss: LossId,
  summary: ProblemSummary,
  question: ConvexQuestion,
): Coverage {
  const { family } = network
  const checks: Check[] = [
    {
      name: 'a program over cells',
      holds: !['linear', 'relu-bias'].includes(family),
      value: family,
      reason: `The program of ${family} networks is solved for one β at a time: sweep beta instead.`,
    },
    {
      name: 'β in the objective',
      holds: loss !== 'equality',
      value: loss,
      reason: 'With the equality loss β is ignored: there is no path.',
    },
  ]
  if (checks.some(({ holds }) => !holds)) return answer(checks, () => '')
  const convex = convexApplies(network, loss, summary, question)
  return {
    ...convex,
    hypotheses: [...checks.map(({ name, holds, value }) => ({ name, holds, value })), ...convex.hypotheses],
  }
}

/** Whether the gated relaxation covers a problem: ReLU networks of one hidden layer whose gates are free. */
export function gatedApplies(
  network: NetworkSettings,
  loss: LossId,
  summary: ProblemSummary,
  arrangements: ArrangementSettings,
): Coverage {
  const gated: Check = {
    name: 'ReLU after the hidden weights',
    holds: ['relu', 'bn-relu', 'conv-bn'].includes(network.family),
    value: network.family,
    reason: `Without its cones the program of a ${network.family} network is not that of gated neurons: choose relu, bn-relu or conv-bn.`,
  }
  const checks = [...familyChecks(network, summary), gated, labelCheck(loss, summary)]
  if (checks.some(({ holds }) => !holds)) return answer(checks, () => '')
  return overShape(network, summary, (shape) => {
    const plan = dictionaryPlan(network, summary, arrangements)
    if (plan === 'enumerate') checks.push(limitCheck(network.family, shape, arrangements))
    return answer(checks, () =>
      cellWords(plan === 'grow' ? 'sample' : plan, shape, summary.outputs, arrangements),
    )
  })
}

const EXACT_WORDS: Partial<Record<FamilyId, string>> = {
  linear: 'A program in the product of the layers; the dual is priced exactly.',
  'relu-bias': 'Kinks are only needed at the data points: two atoms a point, priced exactly.',
}

function familyChecks(network: NetworkSettings, summary: ProblemSummary): Check[] {
  if (network.family === 'bn-relu' || network.family === 'relu-bn') {
    return [
      {
        name: 'two layers',
        holds: network.layers === 2,
        value: network.layers,
        reason: `A batch-normalised network of ${network.layers} layers has no convex program: use two layers, a closed form, or gradient training.`,
      },
    ]
  }
  if (network.family === 'relu') {
    return [
      {
        name: 'two layers',
        holds: network.layers === 2,
        value: network.layers,
        reason: `A plain ReLU network of ${network.layers} layers has no convex program: use two layers, the parallel family (three layers, path norm), a closed form, or gradient training.`,
      },
    ]
  }
  if (network.family === 'parallel-decay') {
    return [
      {
        name: 'path norm',
        holds: false,
        value: 'weight decay',
        reason:
          'With weight decay parallel networks of three layers have no convex program: use the parallel family (path norm), a closed form on whitened data, or gradient training.',
      },
    ]
  }
  if (network.family === 'relu-bias') {
    return [
      {
        name: 'two layers',
        holds: network.layers === 2,
        value: network.layers,
        reason: `A network with biases of ${network.layers} layers has no convex program: use two layers, a closed form on data of rank one, or gradient training.`,
      },
      {
        name: 'rank of the centred data ≤ 1',
        holds: summary.rankCentered <= 1,
        value: summary.rankCentered,
        reason: `With free biases the program covers data on a line; centred, these have rank ${summary.rankCentered}. Use the relu family with a constant feature instead (step append-ones).`,
      },
    ]
  }
  return []
}

function labelCheck(loss: LossId, { labels }: ProblemSummary): Check {
  const { title, labels: allowed } = LOSSES[loss]
  return {
    name: `labels ${allowed.join(' or ')}`,
    holds: allowed.includes(labels),
    value: labels,
    reason: `The ${title} loss needs ${allowed.map((coding) => LABEL_WORDS[coding]).join(' or ')} labels; these are ${LABEL_WORDS[labels]}. Choose another loss or coding of the target.`,
  }
}

const LABEL_WORDS = { sign: '±1', real: 'real', 'one-hot': 'one-hot' } as const

/** Of cells in two levels the bound is far too large: those are counted as they are enumerated. */
function limitCheck(
  family: FamilyId,
  { cells }: ArrangedShape,
  { mode, limit }: GrowableArrangements,
): Check {
  return {
    name: 'cells within the limit',
    holds: mode !== 'enumerate' || family === 'parallel' || cells <= limit,
    value: cells,
    reason: `Up to ${formatCount(cells)} cells are more than the limit of ${formatCount(limit)}: grow or sample the arrangements, or raise the limit.`,
  }
}

function admmCheck(outputs: number, plan: ReturnType<typeof dictionaryPlan>): Check {
  return {
    name: 'one program for ADMM',
    holds: outputs === 1 && plan !== 'grow',
    value: plan,
    reason:
      'ADMM solves one program of given blocks: with several outputs, or with cells that grow, use the active-set solver, or sample or enumerate cells of a network with one output.',
  }
}

function cellWords(
  plan: ReturnType<typeof dictionaryPlan>,
  { cells, rank }: ArrangedShape,
  outputs: number,
  { count }: GrowableArrangements,
): string {
  const most = `Rank ${rank} has up to ${formatCount(cells)} cells`
  if (plan === 'grow') return `${most}: those that matter are found by growth, and the bound is searched for.`
  if (plan === 'sample') return `${most}; ${formatCount(count)} are sampled.`
  return outputs === 1
    ? `All cells (at most ${formatCount(cells)}) of rank ${rank} are enumerated: the optimum is global.`
    : `All cells (at most ${formatCount(cells)}) of rank ${rank} are enumerated; the bound over ${outputs} outputs is searched for.`
}

/** What depends on the shape of the patches is refused where the filter does not fit. */
function overShape(
  network: NetworkSettings,
  summary: ProblemSummary,
  check: (shape: ArrangedShape) => Coverage,
): Coverage {
  try {
    return check(arrangedShape(network, summary))
  } catch (error) {
    if (!(error instanceof BidualError)) throw error
    const reason = error.message
    return answer([{ name: 'the filter fits the image', holds: false, value: null, reason }], () => '')
  }
}

function answer(checks: readonly Check[], words: () => string): Coverage {
  const failed = checks.find(({ holds }) => !holds)
  return {
    applies: !failed,
    because: failed?.reason ?? words(),
    hypotheses: checks.map(({ name, holds, value }) => ({ name, holds, value })),
  }
}
