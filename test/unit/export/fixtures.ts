import { runRecordSchema, type ResultDocument, type RunRecord } from '../../../core/experiments/result.ts'

/** A finished run, with the parts that a test cares about. */
export function runRecord(parts: Partial<RunRecord> = {}): RunRecord {
  return runRecordSchema.parse({
    key: 'convex',
    method: 'convex',
    label: 'Convex',
    trial: 0,
    point: {},
    status: 'solved',
    seconds: 1.234,
    iterations: 12,
    objective: 68.9741234567891,
    programObjective: 68.9741234567891,
    dual: 68.974,
    solverGap: 1e-7,
    certificate: {
      level: 'global',
      lowerBound: 68.9741234,
      gap: 5.678901e-8,
      how: 'all patterns enumerated',
    },
    train: { loss: 60, accuracy: 0.8333 },
    test: null,
    neurons: 7,
    ranks: [2, 1],
    hypotheses: [{ name: 'rank([X 1]) = n', holds: false, value: 60 }],
    details: {},
    ...parts,
  })
}

export function resultDocument(runs: RunRecord[]): ResultDocument {
  return {
    version: 1,
    experiment: {},
    data: {
      sha256: 'ab'.repeat(32),
      n: 60000,
      d: 784,
      outputs: 1,
      nTest: 52,
      classes: ['<rock>', 'mine'],
      classCounts: [100, 108],
      labels: 'sign',
      rank: 60,
      rankWithOnes: 61,
      rankCentered: 60,
      sigmaMax: 12.5,
      sigmaMin: 0.01,
      whitenedError: null,
      image: null,
    },
    environment: { bidual: '0.1.0', node: 'v24', platform: 'linux', cpu: 'test' },
    runs,
  }
}
