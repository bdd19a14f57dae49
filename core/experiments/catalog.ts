/**
 * The light half of the method table: names, sources and applicability, as pure functions that the window can call.
 * The computing half, keyed alike, is runners.ts.
 */
import { closedFormApplies } from '../closed-form/applies.ts'
import { THEOREMS } from '../closed-form/theorems.ts'
import { leastSquaresApplies } from '../closed-form/least-squares-applies.ts'
import { kernelApplies } from '../kernel-methods/applies.ts'
import { convexApplies, gatedApplies, pathApplies } from '../programs/applies.ts'
import { cuttingPlanesApplies } from '../programs/cutting-planes/applies.ts'
import { lowRankApplies } from '../programs/low-rank/applies.ts'
import { penalizedApplies } from '../programs/penalized/applies.ts'
import { trainingApplies } from '../training/applies.ts'
import { whitenedApplies } from '../training/whitened-applies.ts'
import { convexRfApplies } from '../convex-rf/applies.ts'
import { stackingApplies } from '../stacking/applies.ts'
import { METHOD_SCHEMAS } from './document.ts'
import type { LossId, MethodId, MethodSettings, NetworkSettings, SettingsOf } from './document.ts'
import type { Hypothesis, ProblemSummary } from './result.ts'

export interface Applicability {
  applies: boolean
  /** A sentence for either case: "all 5 patterns of rank 2 can be enumerated", "three outputs: no direct solver". */
  because: string
  hypotheses: Hypothesis[]
}

export interface Question {
  network: NetworkSettings
  loss: LossId
  beta: number
  summary: ProblemSummary
}

export interface MethodDefinition<Id extends MethodId> {
  title: string
  /** One sentence on what it computes. */
  summary: string
  /** Paper and equation. */
  source: string
  /** The words for legends and tables. */
  label: (settings: SettingsOf<Id>) => string
  applies: (question: Question, settings: SettingsOf<Id>) => Applicability
}

const OPTIMIZER_WORDS = {
  gd: 'GD',
  sgd: 'SGD',
  momentum: 'SGD, momentum',
  nesterov: 'SGD, Nesterov',
  adam: 'Adam',
  adamw: 'AdamW',
  adagrad: 'Adagrad',
  adadelta: 'Adadelta',
} as const

/** Said where the document chooses: two convex runs of one document differ in it. */
const CELL_WORDS = { auto: '', enumerate: 'all cells', sample: 'sampled', grow: 'grown' } as const

export const METHODS: { [Id in MethodId]: MethodDefinition<Id> } = {
  convex: {
    title: 'Convex program',
    summary:
      'The exact convex program over hyperplane arrangements, cone constraints enforced, with a certificate.',
    source: 'Pilanci & Ergen 2020, (8); Ergen et al. 2022, Thm 2.2',
    label: ({ solver, arrangements: { mode } }) =>
      ['Convex', CELL_WORDS[mode], solver === 'admm' ? 'ADMM' : ''].filter((word) => word !== '').join(', '),
    applies: ({ network, loss, summary }, settings) => convexApplies(network, loss, summary, settings),
  },
  path: {
    title: 'Path in β',
    summary: 'The convex program for falling β, each solution the start of the next, every point certified.',
    source: 'Pilanci & Ergen 2020, (8); strong duality as for the convex program',
    label: () => 'Path in β',
    applies: ({ network, loss, summary }, settings) => pathApplies(network, loss, summary, settings),
  },
  gated: {
    title: 'Gated ReLU relaxation',
    summary: 'The convex program without its cone constraints: a lower bound with the same patterns.',
    source: 'Pilanci & Ergen 2020; Mishkin et al. 2022',
    label: () => 'Gated',
    applies: ({ network, loss, summary }, settings) =>
      gatedApplies(network, loss, summary, settings.arrangements),
  },
  penalized: {
    title: 'Penalised program',
    summary:
      'The convex program over sampled patterns, its constraints as a penalty, by SGD or Adam: for large data.',
    source: 'Ergen et al. 2022, App. A; Ergen & Pilanci 2023, (11)',
    label: ({ optimizer }) => `Penalised, ${OPTIMIZER_WORDS[optimizer]}`,
    applies: ({ network, loss, summary }) => penalizedApplies(network, loss, summary),
  },
  'low-rank': {
    title: 'Low-rank program',
    summary:
      'The convex program on the leading singular directions of the data, with a bound for the data as they are.',
    source: 'Ergen & Pilanci 2023, Thm 2',
    label: ({ rank, variance }) =>
      rank === 'variance' ? `Low rank, ${Number((100 * variance).toFixed(2))} %` : `Low rank ${rank}`,
    applies: ({ network, loss, summary }, settings) => lowRankApplies(network, loss, summary, settings),
  },
  'cutting-planes': {
    title: 'Cutting planes',
    summary:
      'Neurons generated one by one where the dual is violated: exact on spike-free data and small ones.',
    source: 'Ergen & Pilanci 2021 (JMLR), Alg. 1, Alg. 3, A.7.3',
    label: ({ oracle, extremePoints }) =>
      ['Cutting planes', oracle === 'auto' ? '' : oracle, extremePoints ? 'extreme points' : '']
        .filter((word) => word !== '')
        .join(', '),
    applies: ({ network, loss, summary }, settings) => cuttingPlanesApplies(network, loss, summary, settings),
  },
  'closed-form': {
    title: 'Closed form',
    summary: 'The optimal weights written down, where a theorem covers the data.',
    source: 'Ergen et al. 2022, Thm 2.1, 2.4; Ergen & Pilanci 2021, Thm 4.4',
    label: ({ theorem }) => (theorem === 'auto' ? 'Closed form' : THEOREMS[theorem].name),
    applies: closedFormApplies,
  },
  sgd: {
    title: 'Gradient training',
    summary: 'The non-convex network trained from random starts: what most people do.',
    source: 'baseline',
    label: ({ optimizer }) => OPTIMIZER_WORDS[optimizer],
    applies: ({ network, loss, summary }, settings) => trainingApplies(network, loss, summary, settings),
  },
  'whitened-gd': {
    title: 'GD on whitened data',
    summary:
      'The same function of batch-normalised neurons, trained on whitened data: without it GD moves Σ² times as far.',
    source: 'Ergen et al. 2022, Lemma 4.1, Thm 4.1',
    label: () => 'GD, whitened',
    applies: ({ network, loss, summary }) => whitenedApplies(network, loss, summary),
  },
  'least-squares': {
    title: 'Least squares',
    summary: 'A one-layer linear network with the same weight decay: the floor to beat.',
    source: 'Ergen & Pilanci 2021 (JMLR), §7',
    label: () => 'Least squares',
    applies: ({ network, loss, summary }) => leastSquaresApplies(network, loss, summary),
  },
  'convex-rf': {
    title: 'Convex-RF',
    summary:
      'Filters from patches of the images, pooled, and output weights by a convex program: another model.',
    source: 'Ergen & Pilanci 2021 (JMLR), Alg. 2',
    label: ({ patches }) => `Convex-RF ${patches}`,
    applies: ({ loss, summary }, settings) => convexRfApplies(loss, summary, settings),
  },
  stacking: {
    title: 'Stacked stages',
    summary:
      'The convex program again and again, each on the hidden responses of the last: a deep network, stage by stage.',
    source: 'Ergen & Pilanci 2023, Fig. 6; Belilovsky et al. 2019',
    label: ({ stages, solver }) => `${stages} stages${solver === 'penalized' ? ', penalised' : ''}`,
    applies: ({ network, loss, summary }, settings) => stackingApplies(network, loss, summary, settings),
  },
  ntk: {
    title: 'Tangent kernel',
    summary: 'Infinitely wide networks whose neurons hardly move: kernel regression, another model.',
    source: 'Ergen & Pilanci 2021 (JMLR), §7, (20)',
    label: ({ bias }) => (bias ? 'Tangent kernel' : 'Tangent kernel, no bias'),
    applies: ({ loss, summary }) => kernelApplies(loss, summary),
  },
}

/** @returns the words for legends and tables of a run with these settings. */
export function methodLabel(settings: MethodSettings): string {
  return (METHODS[settings.id].label as (settings: MethodSettings) => string)(settings)
}

/** Whether a method covers the prepared problem, and why. Pure and fast: called as the person edits. */
export function methodApplies(question: Question, settings: MethodSettings): Applicability {
  const definition = METHODS[settings.id] as { applies: (q: Question, s: MethodSettings) => Applicability }
  return definition.applies(question, settings)
}

/** The method's settings with every default filled in. */
export function defaultSettings<Id extends MethodId>(id: Id): SettingsOf<Id> {
  return METHOD_SCHEMAS[id].parse({ id }) as SettingsOf<Id>
}
