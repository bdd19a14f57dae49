/** Records of runs without a result, apart from the runner so that hosts need not load the engine. */
import { BidualError, toErrorPayload } from '../errors.ts'
import type { RunSpec } from './problem.ts'
import type { Hypothesis, RunRecord, RunStatus } from './result.ts'

/** What a record says about which run it is. */
export function identityOf(spec: RunSpec): Pick<RunRecord, 'key' | 'method' | 'label' | 'trial' | 'point'> {
  const { key, label, trial, point } = spec
  return { key, method: spec.document.methods[spec.methodIndex].id, label, trial, point }
}

/**
 * A record for a run that could not produce anything: refused input, a defect, a worker that died. Of one that was to go
 * on, the earlier result holds as before.
 */
export function failedRecord(
  spec: RunSpec,
  error: unknown,
  seconds: number,
  hypotheses: Hypothesis[] = [],
): RunRecord {
  const earlier = spec.resume?.before?.record
  const why = toErrorPayload(error)
  if (earlier) {
    const message = `Not continued, the earlier result is kept: ${why.message}`
    return { ...earlier, error: { ...why, message } }
  }
  const status: RunStatus =
    error instanceof BidualError && error.code === 'cancelled' ? 'cancelled' : 'failed'
  return {
    ...identityOf(spec),
    status,
    seconds,
    iterations: 0,
    objective: null,
    programObjective: null,
    dual: null,
    solverGap: null,
    certificate: { level: 'none', lowerBound: null, gap: null, how: 'The run produced no network.' },
    train: { loss: null, accuracy: null },
    test: null,
    neurons: 0,
    ranks: [],
    hypotheses,
    details: {},
    error: why,
  }
}
