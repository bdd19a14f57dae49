import type { Problem, TrainedNetwork } from '../experiments/problem.ts'
import type { RunMeasures } from '../experiments/result.ts'
import { layers, NETWORKS } from '../networks/index.ts'
import { neuralCollapse } from './neural-collapse.ts'
import { neuronProjections, predictedDirections } from './directions.ts'
import { measureLayers } from './layers.ts'
import { patternCount } from './patterns.ts'
import { RANK_TOLERANCE } from './ranks.ts'
import { measureSpline } from './spline.ts'

/** Singular values kept of each layer. */
const KEPT = 64

/** The measures of THEORY §7 of the network that a run returns. */
export function endMeasures(problem: Problem, network: TrainedNetwork): RunMeasures {
  const measured = measureLayers(network)
  return {
    tolerance: RANK_TOLERANCE,
    layers: measured.layers.map((layer) => ({
      ...layer,
      singularValues: Array.from(layer.singularValues.subarray(0, KEPT)),
    })),
    alignments: measured.alignments,
    patterns: patternCount(network, problem.X, problem.summary.rank),
    projections: projections(problem, network),
    collapse: collapse(problem, network),
    ...spline(problem, network),
  }
}

/** Kinks kept, the largest jumps of slope first. */
const KEPT_KINKS = 100

/** Of ReLU networks of one output on data on a line, while their weights are finite. */
function spline({ X, Y, summary }: Problem, network: TrainedNetwork): Pick<RunMeasures, 'spline'> {
  const isOnLine = summary.rankCentered === 1 && summary.outputs === 1
  if (!isOnLine || (network.family !== 'relu' && network.family !== 'relu-bias')) return {}
  const measured = measureSpline(network, X, Y.data)
  if (!measured || !Number.isFinite(measured.deviation)) return {}
  return { spline: { ...measured, kinks: measured.kinks.slice(0, KEPT_KINKS) } }
}

/** Of models whose first layer works on the features, onto the directions that theory predicts. */
function projections(problem: Problem, network: TrainedNetwork): RunMeasures['projections'] {
  if (network.family !== problem.network.family) return null
  const directions = predictedDirections(problem)
  if (!directions) return null
  const [W] = layers(network)
  return { name: directions.name, sums: Array.from(neuronProjections(W, directions.V)) }
}

/** n·m² of the Gram matrix of activations up to which neural collapse is measured. */
const COLLAPSE_LIMIT = 2e10

/** Of families whose last layer multiplies hidden units; null where a figure is not a number (classes that coincide). */
function collapse({ X, Y, summary }: Problem, network: TrainedNetwork): RunMeasures['collapse'] {
  if (!(network.family in NETWORKS) || summary.labels === 'real') return null
  const units = layers(network).at(-1).rows
  if (units === 0 || X.rows * units ** 2 > COLLAPSE_LIMIT) return null
  const measured = neuralCollapse(network, X, Y, summary.labels)
  if (!measured) return null
  const { classes: _classes, ...figures } = measured
  return Object.values(figures).every(Number.isFinite) ? figures : null
}
