import type { RunState } from '../../../../core/protocol.ts'
import type { HistoryPoint, RunRecord } from '../../../../core/experiments/result.ts'
import type { TracedRun } from '../../../../renderer/charts/run-groups.ts'

export const point = (iteration: number, objective: number, dual?: number): HistoryPoint => ({
  iteration,
  seconds: iteration / 10,
  objective,
  ...(dual !== undefined && { dual }),
})

export function runState(part: Partial<RunState> = {}): RunState {
  return {
    experimentId: 'e',
    key: 'convex',
    label: 'Convex',
    method: 'convex',
    trial: 0,
    state: 'running',
    status: null,
    fraction: null,
    secondsLeft: null,
    seconds: 1,
    phase: null,
    latest: null,
    points: [],
    from: 0,
    record: null,
    ...part,
  }
}

export function runRecord(part: Partial<RunRecord> = {}): RunRecord {
  return {
    key: 'convex',
    method: 'convex',
    label: 'Convex',
    trial: 0,
    point: {},
    status: 'solved',
    seconds: 2,
    iterations: 20,
    objective: 10,
    programObjective: 10,
    dual: 9,
    solverGap: 1,
    certificate: { level: 'bound', lowerBound: 9, gap: 1, how: 'a feasible dual point' },
    train: { loss: 8, accuracy: 0.9 },
    test: null,
    neurons: 3,
    ranks: [2, 1],
    hypotheses: [],
    details: {},
    ...part,
  }
}

export function tracedRun(part: Partial<TracedRun> = {}): TracedRun {
  return {
    experimentId: 'e',
    key: 'convex',
    label: 'Convex',
    method: 'convex',
    trial: 0,
    state: 'finished',
    status: 'solved',
    fraction: null,
    secondsLeft: null,
    seconds: 2,
    phase: null,
    latest: null,
    history: [],
    record: null,
    stale: false,
    ...part,
  }
}

/** Trials of SGD with the given final objectives and two recorded points each. */
export const sgdTrials = (finals: readonly number[]): TracedRun[] =>
  finals.map((final, trial) =>
    tracedRun({
      key: `sgd-${trial + 1}`,
      label: `SGD, momentum · trial ${trial + 1}`,
      method: 'sgd',
      trial,
      history: [point(1, final + 10), point(11, final)],
    }),
  )
