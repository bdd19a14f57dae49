/**
 * The layers before the last two of a deep batch-normalised network (THEORY 5.1, 5.2): the theorems only ask that the
 * activations A behind them span what the last hidden layer has to reach, so they are random and fixed.
 */
import { spectrumOf } from '../data/spectrum.ts'
import type { Problem } from '../experiments/problem.ts'
import type { Hypothesis } from '../experiments/result.ts'
import { Matrix } from '../linalg/matrix.ts'
import { activationsBehind, type NormalizedLayer } from '../networks/bn-front.ts'
import { stream, type Stream } from '../random/index.ts'
import { rangeNames, type NormalizedFamilyId } from './bn-theorems.ts'

/** Units of the last random layer for each sample: with as many as samples A would be square and often ill-conditioned. */
const UNITS_PER_SAMPLE = 2

export interface FixedLayers {
  front: NormalizedLayer[]
  /** n×m, X itself in two-layer networks. */
  A: Matrix
  /** The condition on the range of A, on the layers that were drawn; empty in two-layer networks, where it is one on X. */
  measured: Hypothesis[]
}

/**
 * The hidden layers before the last of the problem's network: Gaussian weights and shifts, γ = 1. The last of them is wide
 * enough to span, those before it have the width of the document.
 */
export function fixedLayers({ X, network, summary: { n } }: Problem, seed: number): FixedLayers {
  const { layers, width } = network as { layers: number; width: number }
  if (layers === 2) return { front: [], A: X, measured: [] }
  const id = network.family as NormalizedFamilyId
  const units = Math.max(width, UNITS_PER_SAMPLE * n)
  const source = stream(seed).split('fixed layers')
  const sizes = [X.cols, ...Array<number>(layers - 3).fill(width), units]
  const front = sizes.slice(1).map((size, l) => randomLayer(sizes[l], size, source.split(l)))
  const A = activationsBehind(front, X, { n, rectified: id === 'relu-bn' })
  return { front, A, measured: [rangeOf(A, id, units)] }
}

/** Shifts of one standard deviation move the kinks over the data: without them every kink is at a mean. */
function randomLayer(inputs: number, units: number, source: Stream): NormalizedLayer {
  return {
    W: new Matrix(inputs, units, source.split('W').normals(inputs * units)),
    gamma: new Float64Array(units).fill(1),
    alpha: source.split('alpha').normals(units),
  }
}

function rangeOf(A: Matrix, id: NormalizedFamilyId, units: number): Hypothesis {
  const { rank, rankCentered } = spectrumOf(A)
  const found = id === 'relu-bn' ? rank : rankCentered + 1
  return {
    name: rangeNames[id].behind,
    holds: found === A.rows,
    value: `${found} of ${A.rows} with ${units} units`,
  }
}
