import { convexRfApplies, rfGeometry } from '../../convex-rf/applies.ts'
import {
  extremeFilters,
  normalizedPatches,
  noWhitening,
  zeroPhaseWhitening,
} from '../../convex-rf/filters.ts'
import { solveLasso, type LassoSolution } from '../../convex-rf/lasso.ts'
import { BidualError } from '../../errors.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { dot, gram, multiply } from '../../linalg/products.ts'
import {
  encodeBlock,
  encodingBlocks,
  featureCount,
  patchSize,
  randomFeaturesModel,
  type PatchEncoder,
} from '../../networks/index.ts'
import { stream } from '../../random/index.ts'
import type { SettingsOf } from '../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext, RunMethod } from '../problem.ts'

/**
 * Convex-RF (Ergen & Pilanci 2021, Alg. 2): filters from random patches, each the neuron that responds most on its patch
 * alone (THEORY 5.11), ReLU, pooling, and output weights by a convex program, whose optimum is certified. The filters are
 * not fitted to the labels: another model than any network of the document.
 *
 * @throws BidualError unsupported, with the reason
 */
export const runConvexRf: RunMethod<'convex-rf'> = function* (problem, settings, context) {
  const { applies, because, hypotheses } = convexRfApplies(problem.loss, problem.summary, settings)
  if (!applies) throw new BidualError('unsupported', because)
  const { encoder, inside } = yield* encoderFor(problem, settings, context)
  const B = encoder && (yield* featuresOf(problem, encoder, context))
  if (!encoder || !B) {
    const status = context.stop(0) ?? 'cancelled'
    return { status, iterations: 0, network: null, claim: claimOf(null), hypotheses }
  }
  const { columns, W, reason } = yield* outputWeights(problem, B, settings.tolerance, context)
  const proof = reason ? null : certificate(columns)
  return {
    status: reason ?? (columns.every(({ solved }) => solved) ? 'solved' : 'maxIterations'),
    iterations: columns.reduce((sum, { rounds }) => sum + rounds, 0),
    network: randomFeaturesModel(encoder, W),
    claim: claimOf(proof),
    hypotheses,
    details: {
      filters: encoder.filters.cols,
      'patches inside the hull of the others': inside,
      features: B.cols,
      'features used': countRows(W),
      ...(proof
        ? { 'lower bound of the output program': proof.dual, 'gap of the output program': proof.gap }
        : {}),
    },
  }
}

function claimOf(proof: { gap: number } | null): MethodOutcome['claim'] {
  const last = proof
    ? ` Its output weights are optimal for its features up to ${proof.gap.toPrecision(2)}.`
    : ''
  return {
    level: 'none',
    lowerBound: null,
    how: `Another model, with filters made from patches: nothing is proved about the network.${last}`,
  }
}

function* encoderFor(
  { X, summary }: Problem,
  settings: SettingsOf<'convex-rf'>,
  { seed, stop }: RunContext,
): Generator<MethodProgress, { encoder: PatchEncoder | null; inside: number }> {
  yield { iteration: 0, phase: 'patches' }
  const geometry = rfGeometry(summary, settings)
  const { patches, varianceFloor } = normalizedPatches(X, geometry, settings, stream(seed).split('patches'))
  const whitening = settings.whiten
    ? zeroPhaseWhitening(patches, settings.epsilon)
    : noWhitening(patchSize(geometry))
  const search = extremeFilters(patches, whitening)
  let step = search.next()
  while (!step.done) {
    if (stop(0)) return { encoder: null, inside: 0 }
    if (step.value % 16 === 0) yield { iteration: 0, phase: `filter ${step.value + 1} of ${patches.rows}` }
    step = search.next()
  }
  const { filters, inside } = step.value
  if (filters.cols === 0) {
    throw new BidualError(
      'unsupported',
      `None of ${patches.rows} patches gives a filter: each is flat or lies in the hull of the others. Draw more patches, or larger ones.`,
    )
  }
  const { pooling, cells } = settings
  return { encoder: { geometry, varianceFloor, ...whitening, filters, pooling, cells }, inside }
}

function* featuresOf(
  { X }: Problem,
  encoder: PatchEncoder,
  { stop }: RunContext,
): Generator<MethodProgress, Matrix | null> {
  const B = Matrix.zeros(X.rows, featureCount(encoder))
  for (const block of encodingBlocks(encoder, X.rows)) {
    if (stop(0)) return null
    yield { iteration: 0, phase: 'features', fraction: (0.5 * block.first) / X.rows }
    encodeBlock(encoder, X, block, B)
  }
  return B
}

interface Output {
  W: Matrix
  columns: LassoSolution[]
  reason: ReturnType<RunContext['stop']>
}

/** One ℓ₁ program an output; the objective shown is that of the outputs solved so far, the others being zero. */
function* outputWeights(
  { Y, beta }: Problem,
  B: Matrix,
  tolerance: number,
  { stop }: RunContext,
): Generator<MethodProgress, Output> {
  yield { iteration: 0, phase: 'products of features', fraction: 0.5 }
  const G = gram(B)
  const C = multiply(B, Y, { transposeA: true })
  const W = Matrix.zeros(B.cols, Y.cols)
  const labels = Array.from({ length: Y.cols }, (_, k) => Y.columnCopy(k))
  const columns: LassoSolution[] = []
  let objective = 0.5 * dot(Y.data, Y.data)
  for (const [k, y] of labels.entries()) {
    const run = solveLasso({ G, c: C.columnCopy(k), yy: dot(y, y), beta }, tolerance)
    let step = run.next()
    while (!step.done) {
      const reason = stop(k)
      if (reason) return { W, columns, reason }
      yield {
        iteration: k,
        objective,
        phase: `output ${k + 1} of ${Y.cols}`,
        fraction: 0.5 + (0.5 * k) / Y.cols,
      }
      step = run.next()
    }
    const solution = step.value
    solution.w.forEach((value, j) => W.set(j, k, value))
    columns.push(solution)
    objective += solution.primal - 0.5 * dot(y, y)
  }
  yield { iteration: Y.cols, objective, phase: 'solved', fraction: 1 }
  return { W, columns, reason: null }
}

/** Sums over the outputs. */
function certificate(columns: readonly LassoSolution[]): { dual: number; gap: number } {
  const dual = columns.reduce((sum, column) => sum + column.dual, 0)
  return { dual, gap: Math.max(0, columns.reduce((sum, column) => sum + column.primal, 0) - dual) }
}

const countRows = (W: Matrix): number =>
  Array.from({ length: W.rows }, (_, i) => W.row(i)).filter((row) => row.some((value) => value !== 0)).length
