/** From what a method claims to what is shown: gaps are taken against the network's own objective. */
import { Matrix } from '../linalg/matrix.ts'
import { LOSSES } from '../losses/index.ts'
import type { LossId } from './document.ts'
import { OTHER_MODELS } from './other-models.ts'
import type { MethodOutcome } from './problem.ts'
import type { Certificate, RunRecord } from './result.ts'

/** Relative gap up to which a proved bound is called `global`: proved optimal. Above it is a `bound`. */
export const GLOBAL_TOLERANCE = 1e-4

/** How far below its own lower bound an objective may lie by rounding, relative to |objective|. */
const ROUNDING = 1e-9

/** Rounding of values near zero, as a share of the loss at zero predictions: what they are differences of. */
const NOISE = 1e-12

/** The size below which differences of objectives are rounding; 0 where the loss has no value at zero predictions. */
export function noiseOf(Y: Matrix, loss: LossId): number {
  const value = LOSSES[loss].value(Matrix.zeros(Y.rows, Y.cols), Y)
  return Number.isFinite(value) ? NOISE * value : 0
}

const nothing = (how: string): Certificate => ({ level: 'none', lowerBound: null, gap: null, how })

/**
 * @param objective the network's objective at the recovered weights; null when there are none
 * @param claim what the method says it proved
 * @param noise absolute size of rounding ({@link noiseOf}); everything else is relative to the objective, so that scaling
 * data and targets changes no level
 * @returns a certificate whose gap is ≥ 0; a bound above the objective refutes itself and becomes `none`
 */
export function certify(objective: number | null, claim: MethodOutcome['claim'], noise = 0): Certificate {
  const { level, lowerBound, how } = claim
  if (level === 'none' || lowerBound === null || objective === null || !Number.isFinite(lowerBound)) {
    return nothing(how)
  }
  const gap = objective - lowerBound
  const size = Math.abs(objective)
  if (!(gap >= -ROUNDING * size - noise)) {
    return nothing(
      `Rejected: the claimed lower bound ${lowerBound} lies above the objective ${objective}. (${how})`,
    )
  }
  const proved = { lowerBound, gap: Math.max(0, gap), how }
  if (level === 'dictionary') return { level, ...proved }
  return { level: gap <= GLOBAL_TOLERANCE * size + noise ? 'global' : 'bound', ...proved }
}

/** A finished run and the objective function it belongs to ({@link problemKey} and the data's SHA-256). */
export interface BoundEntry {
  record: RunRecord
  problem: string
}

const concernsNetwork = ({ method }: RunRecord) => !OTHER_MODELS.has(method)

const isProof = ({ record }: BoundEntry) =>
  concernsNetwork(record) && ['global', 'bound'].includes(record.certificate.level)

/**
 * The lower bound of one method serves all methods of the same problem: each record gets the best bound proved by
 * any run of its problem, when that is better than its own.
 *
 * @returns records in the order given; those that gain nothing are returned unchanged
 */
export function shareBounds(entries: readonly BoundEntry[]): RunRecord[] {
  const best = new Map<string, RunRecord>()
  for (const { record, problem } of entries.filter(isProof)) {
    const known = best.get(problem)?.certificate.lowerBound ?? -Infinity
    if (record.certificate.lowerBound! > known) best.set(problem, record)
  }
  return entries.map(({ record, problem }) => withBound(record, best.get(problem)))
}

function withBound(record: RunRecord, source: RunRecord | undefined): RunRecord {
  if (!source || !concernsNetwork(record) || record.objective === null) return record
  const lowerBound = source.certificate.lowerBound!
  const { level, lowerBound: own } = record.certificate
  const ownIsAsGood = ['global', 'bound'].includes(level) && own !== null && own >= lowerBound
  if (ownIsAsGood) return record
  const how = `Lower bound proved by the run "${source.label}": ${source.certificate.how}`
  return { ...record, certificate: certify(record.objective, { level: 'bound', lowerBound, how }) }
}
