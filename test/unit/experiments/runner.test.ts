import { describe, expect, it } from 'vitest'
import { prepareProblem } from '../../../core/data/prepare.ts'
import { expandDocument, problemKey } from '../../../core/experiments/expand.ts'
import { shareBounds } from '../../../core/experiments/certify.ts'
import type { DocumentInput } from '../../../core/experiments/document.ts'
import type { NamedArrays } from '../../../core/experiments/problem.ts'
import { executeRun } from '../../../core/experiments/runner.ts'
import type { RunHost, RunOutput, RunUpdate } from '../../../core/experiments/runner.ts'
import { runRecordSchema } from '../../../core/experiments/result.ts'

const planted: DocumentInput = {
  version: 1,
  name: 'planted',
  dataset: { generator: 'planted', n: 20, d: 2, neurons: 3, noise: 0.1, seed: 3 },
  network: { family: 'relu', width: 10 },
  loss: 'squared',
  beta: 0.1,
  methods: [
    { id: 'convex', tolerance: 1e-8 },
    { id: 'gated', tolerance: 1e-8 },
    { id: 'closed-form' },
    { id: 'sgd', optimizer: 'gd', epochs: 200, learningRate: 0.1, trials: 2 },
    { id: 'least-squares' },
  ],
}

const quietHost: RunHost = { now: () => 0, isCancelled: () => false }

async function drain(
  run: AsyncGenerator<RunUpdate, RunOutput>,
  onUpdate: (update: RunUpdate) => void = () => undefined,
): Promise<RunOutput> {
  let step = await run.next()
  while (!step.done) {
    onUpdate(step.value)
    step = await run.next()
  }
  return step.value
}

function prepare(document: DocumentInput) {
  const specs = expandDocument(document)
  const { problem } = prepareProblem({
    document: specs[0].document,
    allocate: (length) => new Float64Array(length),
  })
  return { specs, problem }
}

async function runAll(document: DocumentInput, host = quietHost): Promise<RunOutput[]> {
  const { specs, problem } = prepare(document)
  const outputs: RunOutput[] = []
  for (const spec of specs) outputs.push(await drain(executeRun(problem, spec, host)))
  return outputs
}

describe('executeRun', () => {
  it('runs every method of a document; all records fit the result schema', async () => {
    const outputs = await runAll(planted)
    const records = outputs.map(({ record }) => runRecordSchema.parse(record))
    expect(records.map(({ key, status }) => [key, status])).toEqual([
      ['convex', 'solved'],
      ['gated', 'solved'],
      ['closed-form', 'failed'],
      ['sgd-1', 'maxIterations'],
      ['sgd-2', 'maxIterations'],
      ['least-squares', 'solved'],
    ])
    const [convex, gated, closedForm, sgd] = records
    expect(convex.certificate.level).toBe('global')
    expect(convex.objective! - convex.programObjective!).toBeLessThan(1e-9 * convex.objective!)
    expect(gated.programObjective!).toBeLessThanOrEqual(convex.programObjective! * (1 + 1e-8))
    expect(closedForm.error).toMatchObject({ code: 'unsupported', place: { path: 'methods[2]' } })
    expect(closedForm.hypotheses.some(({ holds }) => !holds)).toBe(true)
    expect(sgd.objective!).toBeGreaterThanOrEqual(convex.certificate.lowerBound! * (1 - 1e-9))
  })

  it('lets the proved bound serve the trained runs', async () => {
    const { specs } = prepare(planted)
    const outputs = await runAll(planted)
    const shared = shareBounds(
      outputs.map(({ record }, i) => ({ record, problem: problemKey(specs[i].document) })),
    )
    const sgd = shared.find(({ key }) => key === 'sgd-1')!
    expect(['bound', 'global']).toContain(sgd.certificate.level)
    expect(sgd.certificate.gap).toBeCloseTo(sgd.objective! - sgd.certificate.lowerBound!, 12)
    expect(sgd.certificate.how).toMatch(/proved by the run "(Convex|Gated)"/)
  })

  it.each(['momentum', 'adam'] as const)(
    '%s from 50 starts never goes below what was proved',
    async (optimizer) => {
      const sgd = {
        id: 'sgd' as const,
        optimizer,
        epochs: 1000,
        learningRate: 0.1,
        batchSize: 'full' as const,
        trials: 50,
      }
      const outputs = await runAll({ ...planted, methods: [{ id: 'convex', tolerance: 1e-9 }, sgd] })
      const [convex, ...trained] = outputs.map(({ record }) => record)
      expect(trained).toHaveLength(50)
      const lowest = Math.min(...trained.map(({ objective }) => objective!))
      expect(lowest).toBeGreaterThanOrEqual(convex.certificate.lowerBound! * (1 - 1e-9))
      // The bound is worth something: the best start comes within a few per cent of it.
      expect(lowest).toBeLessThan(convex.certificate.lowerBound! * 1.05)
    },
  )

  it('is a pure function of document, data and seed', async () => {
    const [first, second] = [await runAll(planted), await runAll(planted)]
    expect(second.map(({ record }) => record)).toEqual(first.map(({ record }) => record))
    expect(second.map(({ network }) => network)).toEqual(first.map(({ network }) => network))
  })

  it('stops between iterations when the flag is set and keeps the best iterate', async () => {
    const { specs, problem } = prepare({ ...planted, methods: [{ id: 'sgd', epochs: 100_000 }] })
    let updates = 0
    const host: RunHost = { now: () => 0, isCancelled: () => updates >= 3 }
    const { record, network, history } = await drain(executeRun(problem, specs[0], host), () => updates++)
    expect(record.status).toBe('cancelled')
    expect(network).not.toBeNull()
    expect(record.objective).toBeLessThanOrEqual(history[0].objective!)
    expect(history.length).toBeLessThan(10)
  })

  it('ends at its time limit with the status that says so', async () => {
    const limited = { ...planted, methods: [{ id: 'sgd' as const, epochs: 100_000 }], limits: { seconds: 5 } }
    const { specs, problem } = prepare(limited)
    let seconds = 0
    const { record } = await drain(
      executeRun(problem, specs[0], { now: () => (seconds += 0.5), isCancelled: () => false }),
    )
    expect(record.status).toBe('maxTime')
  })

  it('shares one dictionary between the convex program and its relaxation when patterns are sampled', async () => {
    const arrangements = { mode: 'sample' as const, count: 12 }
    const sampled: DocumentInput = {
      ...planted,
      methods: [
        { id: 'convex', arrangements, tolerance: 1e-8 },
        { id: 'gated', arrangements, tolerance: 1e-8 },
      ],
    }
    const [convex, gated] = await runAll(sampled)
    expect(gated.record.programObjective!).toBeLessThanOrEqual(convex.record.programObjective! * (1 + 1e-8))
    expect(gated.record.details).toMatchObject({ patterns: convex.record.details.patterns })
  })
})

describe('small weight decay', () => {
  it('a nearly interpolating spiral is solved to its proof: a working set without the right blocks gets them', async () => {
    const [{ record }] = await runAll({
      version: 1,
      name: 'spiral',
      dataset: { generator: 'spiral', n: 24, turns: 1, noise: 0.02, seed: 1 },
      preprocess: [{ step: 'append-ones' }],
      network: { family: 'relu' },
      loss: 'squared',
      beta: 1e-4,
      methods: [{ id: 'convex' }],
    })
    expect(record.status).toBe('solved')
    expect(record.certificate.level).toBe('global')
    // 0.0176 is where solving the first working set alone ends.
    expect(record.objective).toBeCloseTo(0.00569191, 8)
  })
})

describe('a run that was to go on', () => {
  const document: DocumentInput = {
    ...planted,
    methods: [{ id: 'sgd', optimizer: 'adam', epochs: 12, precision: 'f64' }],
    limits: { iterations: 5 },
  }

  /** Goes on from a stopped run, of whose state something else is made first. */
  async function goOn(change: (arrays: NamedArrays) => NamedArrays) {
    const { specs, problem } = prepare(document)
    const first = await drain(executeRun(problem, specs[0], quietHost))
    const { history, record } = first
    const arrays = change(first.state)
    const { sha256 } = problem.summary
    const rest = prepare({ ...document, limits: undefined }).specs[0]
    const resume = { arrays, sha256, before: { history, record } }
    return { earlier: record, output: await drain(executeRun(problem, { ...rest, resume }, quietHost)) }
  }

  it('and is refused, is the earlier one, with the reason', async () => {
    const { earlier, output } = await goOn(() => ({}))
    const message =
      'Not continued, the earlier result is kept: The stopped run left nothing to go on from: start it anew.'
    expect(output.record).toEqual({ ...earlier, error: { code: 'bad-input', message } })
    expect(output).toMatchObject({ network: null, state: {} })
  })

  it('and loses what it had, is the earlier one', async () => {
    const { earlier, output } = await goOn((arrays) => {
      const huge = arrays['state.weights.W1'].data.map(() => 1e200)
      // Neither its weights nor its best ones are of use.
      const numbers = arrays['state.numbers'].data.slice()
      numbers.set([NaN, NaN], numbers.length - 2)
      return {
        ...arrays,
        'state.numbers': { shape: [numbers.length], data: numbers },
        'state.weights.W1': { ...arrays['state.weights.W1'], data: huge },
      }
    })
    expect(earlier.objective).not.toBeNull()
    expect(output.record).toMatchObject({ ...earlier, error: { code: 'internal' } })
    expect(output.record.error!.message).toMatch(/Not continued.*without a network.*diverged/)
    expect(output.network).toBeNull()
  })

  it('and does, replaces it', async () => {
    const { earlier, output } = await goOn((arrays) => arrays)
    expect(output.record).toMatchObject({ iterations: 12, details: { 'continued from epoch': 5 } })
    expect(output.record.objective!).toBeLessThan(earlier.objective!)
    expect(output.record).not.toHaveProperty('error')
  })
})
