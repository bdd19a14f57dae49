/**
 * A lower bound of batch-normalised networks of any depth and width, on any data, from the labels alone.
 *
 * The response φ of a hidden neuron of the last layer with ‖(γ, α)‖ = 1 has norm at most 1; where the ReLU comes last it has
 * no negative entry; a sum over p patches has norm at most √p. Labels shrunk so that ‖Vᵀφ‖ ≤ β for all those vectors are
 * a dual point, and with the squared loss its value is that of the closed forms (THEORY 5.1, 5.2, 5.5): attained where
 * their hypotheses hold, a bound everywhere.
 */
import { optimalValue, type LabelPart } from '../closed-form/bn-interpolation.ts'
import { scalarParts } from '../closed-form/bn-scalar.ts'
import { vectorParts } from '../closed-form/bn-vector.ts'
import { shrunkValue, singularDirections } from '../closed-form/relu-bn.ts'
import type { FamilyId, LossId } from '../experiments/document.ts'
import type { MethodOutcome, Problem } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { patchCount, patchGeometry } from '../networks/patches.ts'

const NORMALIZED: ReadonlySet<FamilyId> = new Set(['bn-relu', 'relu-bn', 'conv-bn'])

export interface LabelQuestion {
  /** n×K. */
  Y: Matrix
  family: FamilyId
  loss: LossId
  beta: number
  /** Patches a sample, 1 without patches. */
  patches: number
}

/** @returns null for families without batch normalisation and for other losses */
export function labelBound({ Y, family, loss, beta, patches }: LabelQuestion): number | null {
  if (loss !== 'squared' || !NORMALIZED.has(family)) return null
  // Each neuron is at most √p times a unit vector, which is β divided by it.
  const price = beta / Math.sqrt(patches)
  const bySpectrum = shrunkValue(
    singularDirections(Y).map(({ sigma }) => sigma),
    price,
  )
  const parts = family === 'relu-bn' ? null : labelParts(Y)
  return parts ? Math.max(bySpectrum, optimalValue(parts, price)) : bySpectrum
}

/** What is proved of a problem without solving anything, as a claim; null where nothing is. */
export function labelClaim({ Y, network, loss, beta, summary }: LabelProblem): MethodOutcome['claim'] | null {
  const patches = network.family === 'conv-bn' ? patchCount(patchGeometry(network, summary)) : 1
  const lowerBound = labelBound({ Y, family: network.family, loss, beta, patches })
  if (lowerBound === null) return null
  const how =
    'The labels, shrunk, are a dual point of every batch-normalised network, of any depth and width.'
  return { level: 'bound', lowerBound, how }
}

/** What is known of the optimum when a network was only trained by gradients. */
export function trainingClaim(problem: LabelProblem): MethodOutcome['claim'] {
  return (
    labelClaim(problem) ?? {
      level: 'none',
      lowerBound: null,
      how: 'Gradient training proves nothing about the optimum; its objective is an upper bound of it.',
    }
  )
}

type LabelProblem = Pick<Problem, 'Y' | 'network' | 'loss' | 'beta' | 'summary'>

/** Parts of Y whose sum bounds ‖Vᵀφ‖ over φ ≥ 0; null where they share samples. */
function labelParts(Y: Matrix): LabelPart[] | null {
  if (Y.cols === 1) return scalarParts(Y)
  return isOneHot(Y) ? vectorParts(Y) : null
}

/** Non-negative entries, one a row at most: the parts of different outputs then share no sample. */
function isOneHot(Y: Matrix): boolean {
  for (let i = 0; i < Y.rows; i++) {
    const row = Y.row(i)
    if (row.some((y) => y < 0) || row.filter((y) => y > 0).length > 1) return false
  }
  return true
}
