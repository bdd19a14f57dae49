/**
 * The promise of the product, by brute force: every method on problems at random either refuses with the reason, the same
 * at inspection and at the run, or returns a network whose objective, predictions and certificate are true.
 */
import { describe, expect, it } from 'vitest'
import { BidualError } from '../../../core/errors.ts'
import { GLOBAL_TOLERANCE, noiseOf, shareBounds } from '../../../core/experiments/certify.ts'
import { problemKey } from '../../../core/experiments/expand.ts'
import { OTHER_MODELS } from '../../../core/experiments/other-models.ts'
import type { Problem, TrainedNetwork } from '../../../core/experiments/problem.ts'
import { runRecordSchema, type RunRecord } from '../../../core/experiments/result.ts'
import { readNpz, writeNpz } from '../../../core/export/npz.ts'
import { effectiveBeta } from '../../../core/losses/index.ts'
import { forward, objective, regularizer } from '../../../core/networks/index.ts'
import { combinationOf, type Combination } from './combinations.ts'
import { inspect, prepareTable, runSpec, type Prepared } from './table-runs.ts'

/** 175 once claimed the bound of fewer neurons than its network had. */
const SEEDS = [...Array.from({ length: 56 }, (_, k) => k + 1), 175]

/** What only the run can measure: targets out of reach, fixed layers of a theorem, cells of two levels, flat patches. */
const MEASURED =
  /fits these targets exactly|differ in their targets|behind fixed random layers|hidden units have more than|more than the limit|hyperplanes in rank|patches gives a filter/

/** Null where the data themselves are refused, which is said before any method is asked. */
function prepared({ table, asked }: Combination): Prepared | null {
  try {
    return prepareTable(table, asked)
  } catch (error) {
    expect(error).toBeInstanceOf(BidualError)
    expect((error as BidualError).code).toBe('bad-input')
    return null
  }
}

/** The record is what the schema says, and a refusal is one sentence that both sides agree on. */
async function checkedRun({ specs, problem }: Prepared, index: number): Promise<RunRecord | null> {
  const spec = specs[index]
  const { applies, because, hypotheses } = inspect(problem, spec)
  expect(because).toMatch(/^\S.{10,}[.)]$/s)
  const { output } = await runSpec(problem, spec)
  const record = runRecordSchema.parse(output.record)
  if (!applies) {
    expect(hypotheses.some(({ holds }) => !holds)).toBe(true)
    expect(record.error).toMatchObject({ code: 'unsupported', message: because })
    return null
  }
  if (record.error) {
    expect(['unsupported', 'too-large']).toContain(record.error.code)
    expect(record.error.message).toMatch(MEASURED)
    return null
  }
  const settings = spec.document.methods[spec.methodIndex]
  if (settings.id === 'convex') checkStatus(problem, record, settings.tolerance)
  if (output.network) checkNetwork(problem, record, output.network)
  else checkNothing(problem, record)
  return record
}

/** What a status says of the gap of a program, which is at its own objective. */
function checkStatus({ Y, loss }: Problem, { status, ...record }: RunRecord, tolerance: number): void {
  const allowed = { solved: tolerance, almostSolved: 1000 * tolerance }
  if (status !== 'solved' && status !== 'almostSolved') return
  const size = Math.abs(record.programObjective!)
  expect(record.solverGap).toBeLessThanOrEqual(1.01 * allowed[status] * size + noiseOf(Y, loss))
}

/** The objective is that of the weights, read back from a file; predictions have the shape of the targets. */
function checkNetwork({ X, Y, loss, beta }: Problem, record: RunRecord, network: TrainedNetwork): void {
  const F = forward(network, X)
  expect([F.rows, F.cols]).toEqual([Y.rows, Y.cols])
  expect(F.data.every(Number.isFinite)).toBe(true)
  const arrays = readNpz(writeNpz(network.arrays))
  const value = objective({ ...network, arrays }, X, Y, loss, beta)
  if (record.objective === null) {
    expect(loss).toBe('equality')
    expect(record.status).not.toBe('solved')
    return
  }
  expect(record.objective).toBe(value)
  const fitted = (record.train.loss ?? 0) + effectiveBeta(loss, beta) * regularizer(network)
  expect(Math.abs(fitted - value)).toBeLessThanOrEqual(1e-9 * Math.abs(value))
}

/** Without a network nothing is claimed, and only targets to be met exactly or a training that diverged have none. */
function checkNothing({ loss }: Problem, { objective: value, certificate, status }: RunRecord): void {
  expect(value).toBeNull()
  expect(certificate).toMatchObject({ level: 'none', lowerBound: null, gap: null })
  if (status === 'diverged') return
  expect(loss).toBe('equality')
  expect(status).not.toBe('solved')
  expect(certificate.how).toMatch(/^No network that meets all targets exactly/)
}

/** No objective is below a bound of the network, and what is called global is the least. */
function checkTogether({ Y, loss }: Problem, records: readonly RunRecord[]): void {
  const noise = noiseOf(Y, loss)
  const own = records.filter((record) => !OTHER_MODELS.has(record.method) && record.objective !== null)
  const least = Math.min(...own.map((record) => record.objective!))
  for (const { objective: value, certificate } of own) {
    const { level, lowerBound, gap, how } = certificate
    expect(how).not.toMatch(/^Rejected/)
    if (level === 'none' || level === 'dictionary') continue
    expect(gap).toBeGreaterThanOrEqual(0)
    expect(lowerBound!).toBeLessThanOrEqual(least * (1 + 1e-9) + noise)
    if (level !== 'global') continue
    expect(gap).toBeLessThanOrEqual(GLOBAL_TOLERANCE * value! + noise)
    expect(value! - least).toBeLessThanOrEqual(GLOBAL_TOLERANCE * value! + noise)
  }
}

describe('every combination', () => {
  it.each(SEEDS.map((seed) => ({ seed, combination: combinationOf(seed) })))(
    'of $seed: $combination.name',
    async ({ combination }) => {
      const ready = prepared(combination)
      if (!ready) return
      const records: RunRecord[] = []
      for (const [index, { key }] of ready.specs.entries()) {
        const record = await checkedRun(ready, index).catch((error: unknown) => {
          throw new Error(`${key}: ${String(error)}`, { cause: error })
        })
        if (record) records.push(record)
      }
      checkTogether(ready.problem, records)
      const problem = problemKey(ready.specs[0].document)
      const shared = shareBounds(records.map((record) => ({ record, problem })))
      expect(shared).toHaveLength(records.length)
    },
  )

  it('are a few hundred runs, and all methods are among those that are not refused', () => {
    const methods = new Set<string>()
    let runs = 0
    for (const seed of SEEDS) {
      const ready = prepared(combinationOf(seed))
      if (!ready) continue
      runs += ready.specs.length
      for (const spec of ready.specs)
        if (inspect(ready.problem, spec).applies) methods.add(spec.document.methods[spec.methodIndex].id)
    }
    expect(runs).toBeGreaterThan(300)
    expect(methods.size).toBeGreaterThan(11)
  })

  it.each(SEEDS.filter((seed) => seed % 4 === 0))(
    'of %d: a run that is cancelled keeps its best',
    async (seed) => {
      const ready = prepared(combinationOf(seed))
      for (const spec of ready?.specs ?? []) {
        if (!inspect(ready!.problem, spec).applies) continue
        const { output } = await runSpec(ready!.problem, spec, (updates) => updates >= 2)
        const { record } = output
        if (record.error) expect(record.error.message).toMatch(MEASURED)
        else if (output.network) checkNetwork(ready!.problem, record, output.network)
      }
    },
  )
})
