import type { Problem, TrainedNetwork } from '../experiments/problem.ts'
import type { StepMeasures } from '../experiments/result.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { activeNeurons, layers, NETWORKS, refreshStatistics, score } from '../networks/index.ts'
import { dataDirections, similarities } from './directions.ts'
import { measureLayers } from './layers.ts'
import { RANK_TOLERANCE } from './ranks.ts'
import { quickSpectrum, spectrumWork } from './spectra.ts'

/** What measuring may take of the work of training, as it is counted: below 5 % of the time, counts being rough. */
export const MEASURE_SHARE = 0.03
/** More points than this cannot be told apart in a chart. */
const MOST = 200
/** Directions of the data that the first layer is followed along. */
const DIRECTIONS = 12

/** Weights up to this can be squared and summed. */
const LARGEST = 1e140

/** When a run is measured: counted multiply–adds decide, never a clock, so that runs repeat exactly. */
export interface MeasurePlan {
  /** Every so many epochs, from epoch 0 on; null: never. */
  period: number | null
  /** Whether similarity to the start is followed: its directions are a decomposition of the data. */
  directions: boolean
}

/** Multiply–adds. */
export interface TrainingWork {
  epochs: number
  epoch: number
  /** One measurement. */
  measure: number
  /** Finding the directions of the data. */
  directions: number
}

/** As many measurements as fit into the share of the work, at most 200, evenly spaced. */
export function measurePlan({ epochs, epoch, measure, directions }: TrainingWork): MeasurePlan {
  const budget = MEASURE_SHARE * epochs * epoch
  const follows = directions <= budget / 2
  const count = Math.min(MOST, Math.floor((budget - (follows ? directions : 0)) / measure))
  if (count < 2) return { period: null, directions: false }
  return { period: Math.ceil(epochs / (count - 1)), directions: follows }
}

/** What decides how much work training is. */
export interface TrainingSchedule {
  epochs: number
  /** Batches an epoch. */
  batches: number
  precision: 'f64' | 'f32'
  /** Whether the first layer keeps its neurons, so that it can be compared with its start. */
  follows?: boolean
}

/** Measures a network while it is trained. */
export class MeasureRecorder {
  private readonly problem: Problem
  private readonly plan: MeasurePlan
  private readonly start: Matrix | null = null
  private readonly directions: ReturnType<typeof dataDirections> | null = null

  /** @param start the network before training, whose first layer is copied; with `follows` false any network of its size */
  constructor(problem: Problem, start: TrainedNetwork, schedule: TrainingSchedule) {
    const work = workOf(problem, start, schedule)
    const [W] = layers(start)
    this.problem = problem
    this.plan = measurePlan(work)
    if (!this.plan.directions || W.rows !== problem.X.cols) return
    this.start = W.clone()
    this.directions = dataDirections(problem.X, DIRECTIONS)
  }

  /** Whether the network is to be measured after so many epochs. */
  isDue(epoch: number): boolean {
    return this.plan.period !== null && epoch % this.plan.period === 0
  }

  /**
   * @param network in double precision; its stored statistics may be stale
   * @returns nothing for weights that are too large to be squared: the training diverges
   */
  measure(network: TrainedNetwork): StepMeasures | undefined {
    if (!layers(network).every(({ data }) => data.every((value) => Math.abs(value) < LARGEST)))
      return undefined
    const { X, Y, test, loss, summary } = this.problem
    const measured = measureLayers(network, RANK_TOLERANCE, quickSpectrum)
    const current = refreshStatistics(network, X)
    return {
      ranks: measured.layers.map(({ rank }) => rank),
      stableRanks: measured.layers.map(({ stableRank }) => stableRank),
      operatorNorms: measured.layers.map(({ operatorNorm }) => operatorNorm),
      frobeniusNorms: measured.layers.map(({ frobeniusNorm }) => frobeniusNorm),
      alignments: measured.alignments,
      neurons: activeNeurons(network),
      train: score(current, X, Y, loss, summary.labels),
      test: test && score(current, test.X, test.Y, loss, summary.labels),
      ...this.similarities(network),
    }
  }

  private similarities(network: TrainedNetwork): Pick<StepMeasures, 'similarities'> {
    if (!this.start || !this.directions) return {}
    const { indices, V } = this.directions
    const [W] = layers(network)
    return { similarities: { directions: indices, cosines: similarities(W, this.start, V) } }
  }
}

/** Forward and backward pass over forward pass; single precision takes half the time, and measures are in double. */
const EPOCH_PASSES = { f64: 3, f32: 1.5 } as const
/** What a batch costs beyond its products, for each layer. */
const BATCH_WORK = 4e4
/** A decomposition with vectors over one of the Gram matrix. */
const VECTORS = 5

function workOf(
  { X, test, network }: Problem,
  start: TrainedNetwork,
  { epochs, batches, precision, follows = true }: TrainingSchedule,
): TrainingWork {
  const family = NETWORKS[network.family]
  const weights = layers(start)
  const pass = family.hiddenWork(start) + weights.at(-1).data.length
  const rows = X.rows * (family.batchStatistics ? 2 : 1) + (test?.X.rows ?? 0)
  const spectra = weights.reduce((sum, W) => sum + spectrumWork(W), 0)
  return {
    epochs,
    epoch: EPOCH_PASSES[precision] * X.rows * pass + batches * weights.length * BATCH_WORK,
    measure: rows * pass + spectra,
    directions: follows ? VECTORS * spectrumWork(X) : Infinity,
  }
}
