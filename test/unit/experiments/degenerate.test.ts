/** Data and settings at the edge: what once crashed, claimed too much, or was accepted and then refused. */
import { describe, expect, it } from 'vitest'
import { runRecordSchema, type RunRecord } from '../../../core/experiments/result.ts'
import { inspect, prepareTable, runSpec, tableOf, type Asked } from './table-runs.ts'

const line = [-1.4, -0.9, -0.3, 0.2, 0.6, 1.1, 1.7].map((x) => [x])
const plane = [
  [0.3, -1.2],
  [1.1, 0.4],
  [-0.6, 0.9],
  [-1.3, -0.2],
  [0.8, -0.7],
]
const all = (n: number, value: number) => Array.from({ length: n }, () => value)

async function recordOf(table: ReturnType<typeof tableOf>, asked: Asked): Promise<RunRecord> {
  const { specs, problem } = prepareTable(table, asked)
  expect(inspect(problem, specs[0]).applies).toBe(true)
  const { output } = await runSpec(problem, specs[0])
  expect(output.record.error).toBeUndefined()
  return output.record
}

describe('targets that must be met exactly', () => {
  const loss = 'equality'

  it('data that are all zero: no network fits, and the run says what is wrong', async () => {
    const table = tableOf(
      line.map(() => [0]),
      [line.map(([x]) => Math.sin(x))],
    )
    const record = await recordOf(table, {
      network: { family: 'parallel', m1: 2 },
      loss,
      methods: [{ id: 'convex' }],
    })
    expect(record.objective).toBeNull()
    expect(record.status).not.toBe('solved')
    expect(record.certificate).toMatchObject({ level: 'none', lowerBound: null })
    expect(record.certificate.how).toMatch(/^No network that meets all targets exactly was found/)
  })

  it('the same with several outputs, low rank, and stages', async () => {
    const table = tableOf(
      line.map(() => [0]),
      [line.map(([x]) => Math.sin(x)), line.map(([x]) => x)],
    )
    for (const id of ['convex', 'low-rank', 'stacking'] as const) {
      const record = await recordOf(table, { network: { family: 'relu' }, loss, methods: [{ id }] })
      expect(record.objective).toBeNull()
      expect(record.certificate.how).toMatch(/^No network that meets all targets exactly was found/)
    }
  })

  it('a column of zeros and a constant need no neuron, and nothing is claimed above zero', async () => {
    const table = tableOf(line, [all(7, 1), all(7, 0)])
    const record = await recordOf(table, {
      network: { family: 'relu-bias' },
      loss,
      methods: [{ id: 'cutting-planes' }],
    })
    expect(record).toMatchObject({ status: 'solved', objective: 0, certificate: { level: 'global', gap: 0 } })
  })

  it('least norms are proportional to the targets', async () => {
    const values = [-0.36, -0.06, -0.007, 0.4, 0.1, -0.5, 0.2]
    const objectives = await Promise.all(
      [1e-8, 1, 1e8].map(async (scale) => {
        const table = tableOf(line, [values.map((y) => scale * y)])
        const asked: Asked = { network: { family: 'relu-bias' }, loss, methods: [{ id: 'convex' }] }
        const { objective, status, certificate } = await recordOf(table, asked)
        expect([status, certificate.level]).toEqual(['solved', 'global'])
        return objective! / scale
      }),
    )
    for (const objective of objectives) expect(objective / objectives[1]).toBeCloseTo(1, 8)
  })

  it('tiny targets are met, not passed by: the value of two programs is the same', async () => {
    const rows = [
      [-1.5, 0.6, -0.2],
      [-1.6, 0.03, 0.95],
    ]
    const table = tableOf(rows, [[-8e-7, -1.3e-7]])
    const network = { family: 'relu-bias' as const }
    const convex = await recordOf(table, { network, loss, methods: [{ id: 'convex' }] })
    const cuts = await recordOf(table, { network, loss, methods: [{ id: 'cutting-planes' }] })
    expect(convex.certificate.level).toBe('global')
    expect(convex.objective! / cuts.objective!).toBeCloseTo(1, 8)
  })

  it('gated neurons along directions of three outputs', async () => {
    const targets = [1, 2, 3].map((k) => line.map(([x]) => Math.sin(k * x) + k))
    const record = await recordOf(tableOf(line, targets), {
      network: { family: 'bn-relu' },
      loss,
      methods: [{ id: 'gated' }],
    })
    expect(record.status).toBe('solved')
    expect(record.certificate.lowerBound!).toBeLessThanOrEqual(record.objective!)
  })
})

it('one class only: an infimum that no bias attains ends near zero', async () => {
  const table = tableOf(line, [all(7, 1), all(7, 0)])
  for (const beta of [0.45, 1e-3]) {
    const record = await recordOf(table, {
      network: { family: 'relu-bias' },
      loss: 'cross-entropy',
      beta,
      methods: [{ id: 'convex' }],
    })
    expect(record.objective!).toBeLessThan(1e-2)
    expect(record.certificate.level).not.toBe('dictionary')
  }
})

it('separable classes and a tiny β: a dual vector as small as its rounding bounds nothing falsely', async () => {
  const rows = [-0.38, -0.29, -0.22, -0.2, -0.18, -0.23, -0.24, -0.05].map((x) => [x])
  const first = [1, 0, 0, 0, 0, 0, 0, 0]
  const table = tableOf(rows, [first, first.map((y) => 1 - y)])
  const record = await recordOf(table, {
    network: { family: 'relu-bias' },
    loss: 'cross-entropy',
    beta: 2e-8,
    methods: [{ id: 'convex' }],
  })
  expect(record.certificate.how).not.toMatch(/Rejected/)
  expect(record.certificate.lowerBound!).toBeLessThanOrEqual(record.objective! * (1 + 1e-7))
})

it('figures of a training that diverged are null, not NaN', async () => {
  const table = tableOf(plane, [[1, -1, 1, -1, 1]])
  const record = await recordOf(table, {
    network: { family: 'bn-relu', width: 3 },
    loss: 'squared',
    methods: [{ id: 'whitened-gd', learningRate: 1e9, epochs: 20 }],
  })
  expect(() => runRecordSchema.parse(record)).not.toThrow()
})

it('a kernel of rank one with β below its rounding', async () => {
  const table = tableOf(
    line.map(([x]) => [1e6 * x]),
    [line.map(([x]) => x)],
  )
  const record = await recordOf(table, {
    network: { family: 'relu' },
    loss: 'squared',
    beta: 1e-8,
    methods: [{ id: 'ntk', bias: false, norm: 'function' }],
  })
  expect(record).toMatchObject({ status: 'solved', train: { loss: expect.closeTo(0, 12) as number } })
})

describe('inspection refuses what the run refuses, in the same words', () => {
  const onPlane = tableOf(plane, [[1, -0.5, 0.3, 0.8, -1.1]])
  const twoOutputs = tableOf(line, [line.map(([x]) => x), line.map(([x]) => x * x)])
  const image = tableOf(
    [0, 1, 2].map((i) => Array.from({ length: 9 }, (_, j) => Math.sin(1 + i + 3 * j))),
    [[1, 2, 4]],
    { height: 3, width: 3, channels: 1 },
  )
  const alike = tableOf(
    line.map(() => [2]),
    [line.map(([x]) => x)],
  )
  const bias = { family: 'relu-bias' as const }
  const wide = { family: 'conv-bn' as const, filter: 5 }

  it.each<[string, ReturnType<typeof tableOf>, Asked, RegExp]>([
    [
      'batches of one row',
      onPlane,
      { network: { family: 'bn-relu' }, loss: 'squared', methods: [{ id: 'sgd', batchSize: 1 }] },
      /at least 2 rows a batch/,
    ],
    [
      'training a filter that is too wide',
      onPlane,
      { network: wide, loss: 'squared', methods: [{ id: 'sgd' }] },
      /does not fit/,
    ],
    [
      'the penalised program of it',
      onPlane,
      { network: wide, loss: 'squared', methods: [{ id: 'penalized' }] },
      /does not fit/,
    ],
    [
      'one patch',
      image,
      {
        network: { family: 'relu' },
        loss: 'squared',
        methods: [{ id: 'convex-rf', patches: 1, patch: 2 }],
      },
      /at least 2 patches/,
    ],
    [
      'a formula for another loss, overridden',
      onPlane,
      {
        network: { family: 'relu-bn' },
        loss: 'equality',
        methods: [{ id: 'closed-form', override: true }],
      },
      /squared loss/,
    ],
    [
      'a line with two outputs, overridden',
      twoOutputs,
      { network: bias, loss: 'squared', methods: [{ id: 'closed-form', override: true }] },
      /one output/,
    ],
    [
      'neurons along rows that are zero, overridden',
      tableOf(
        line.map(() => [0]),
        [line.map(([x]) => x)],
      ),
      {
        network: { family: 'relu' },
        loss: 'equality',
        methods: [{ id: 'closed-form', theorem: 'full-row-rank', override: true }],
      },
      /not all zero/,
    ],
    [
      'no line through one point, overridden',
      alike,
      { network: bias, loss: 'squared', methods: [{ id: 'closed-form', override: true }] },
      /rows that differ/,
    ],
  ])('%s', async (_, table, asked, words) => {
    const { specs, problem } = prepareTable(table, asked)
    const { applies, because, hypotheses } = inspect(problem, specs[0])
    expect(applies).toBe(false)
    expect(because).toMatch(words)
    expect(hypotheses.some(({ holds }) => !holds)).toBe(true)
    const { record } = (await runSpec(problem, specs[0])).output
    expect(record).toMatchObject({ status: 'failed', error: { code: 'unsupported', message: because } })
  })
})
