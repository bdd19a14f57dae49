import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { expandDocument } from '../../../core/experiments/expand.ts'
import { executeRun } from '../../../core/experiments/runner.ts'
import { writeNpz } from '../../../core/export/npz.ts'
import { resumed } from '../../../electron/services/resume.ts'
import { runFiles } from '../../../electron/services/run-files.ts'
import { resultDocumentSchema, type RunRecord } from '../../../core/experiments/result.ts'
import { runCommandLine } from '../../../electron/hosts/cli/command-line.ts'
import { plantedProblem } from '../programs/fixtures.ts'
import { openMachine, SMALL_DOCUMENT, temporaryFolder } from '../../support/machine.ts'

vi.mock('../../../electron/worker/location.ts', async () => {
  const worker = await (await import('../../support/bundles.ts')).bundledWorker()
  return { workerLocation: () => worker }
})

const TRAINED = {
  ...SMALL_DOCUMENT,
  methods: [
    { id: 'sgd', optimizer: 'adam', epochs: 12, batchSize: 6, precision: 'f32' },
    { id: 'least-squares' },
  ],
}
/** Stops the training after 5 epochs, as a person or the clock might. */
const STOPPED = { ...TRAINED, limits: { iterations: 5 } }

/** Bounds its network by few cones at a time. */
const GROWN = {
  ...SMALL_DOCUMENT,
  dataset: { generator: 'planted', n: 40, d: 4, neurons: 3 },
  methods: [
    { id: 'convex', arrangements: { mode: 'grow', count: 5 }, proof: { cones: 1000 } },
    { id: 'least-squares' },
  ],
}

describe('bidual run --resume', () => {
  it('goes on with stopped training as if it had never been stopped', async () => {
    await using folder = await temporaryFolder()
    const run = async (document: object, out: string, ...flags: string[]): Promise<RunRecord> => {
      await writeFile(join(folder.path, 'x.json'), JSON.stringify(document))
      const silent = { print: () => undefined, complain: () => undefined, progress: null, width: 80 }
      const path = join(folder.path, out)
      expect(
        await runCommandLine(['run', join(folder.path, 'x.json'), '--out', path, ...flags], silent),
      ).toBe(0)
      return resultDocumentSchema.parse(JSON.parse(await readFile(join(path, 'result.json'), 'utf8'))).runs[0]
    }
    await mkdir(join(folder.path, 'whole'))
    const whole = await run(TRAINED, 'whole')
    expect((await run(STOPPED, 'parts')).iterations).toBe(5)
    const rest = await run(TRAINED, 'parts', '--resume')
    expect(rest.details['continued from epoch']).toBe(5)
    expect([rest.iterations, rest.objective, rest.status]).toEqual([12, whole.objective, whole.status])
    const weights = (out: string) => readFile(join(folder.path, out, 'runs', 'sgd', 'weights.npz'))
    expect(await weights('parts')).toEqual(await weights('whole'))
    // What is complete, and what another document left, begins anew.
    expect((await run(TRAINED, 'parts', '--resume')).details).not.toHaveProperty('continued from epoch')
    await run(STOPPED, 'other')
    const changed = await run({ ...TRAINED, beta: 0.2 }, 'other', '--resume')
    expect(changed.details).not.toHaveProperty('continued from epoch')
  })

  it('goes on with the search for a bound, the network as it was', async () => {
    await using folder = await temporaryFolder()
    const silent = { print: () => undefined, complain: () => undefined, progress: null, width: 80 }
    const run = async (out: string, ...flags: string[]): Promise<RunRecord> => {
      const path = join(folder.path, out)
      const args = ['run', join(folder.path, 'x.json'), '--out', path, ...flags]
      expect(await runCommandLine(args, silent)).toBe(0)
      return resultDocumentSchema.parse(JSON.parse(await readFile(join(path, 'result.json'), 'utf8'))).runs[0]
    }
    await writeFile(join(folder.path, 'x.json'), JSON.stringify(GROWN))
    const first = await run('parts')
    expect([first.status, first.certificate.level, first.resumable]).toEqual(['solved', 'bound', true])
    const second = await run('parts', '--resume')
    expect(second.details['continued from bound']).toBe(first.certificate.lowerBound)
    expect(second.certificate.lowerBound!).toBeGreaterThan(first.certificate.lowerBound!)
    expect(second.objective).toBe(first.objective)
  })

  it('asks for the folder of the stopped runs', async () => {
    let complaint = ''
    const terminal = {
      print: () => undefined,
      complain: (line: string) => (complaint += line),
      progress: null,
      width: 80,
    }
    expect(await runCommandLine(['run', 'x.json', '--resume'], terminal)).toBe(2)
    expect(complaint).toContain('--resume: expected --out')
  })
})

describe('startRuns with resume', () => {
  it('starts the stopped runs alone, from where they were', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const { id } = await machine.request('createExperiment', { document: STOPPED })
    const nothing = machine.request('startRuns', { experimentId: id, resume: true })
    await expect(nothing).rejects.toMatchObject({ code: 'bad-input' })
    await machine.request('startRuns', { experimentId: id })
    await machine.finished(id, 'sgd')
    await machine.finished(id, 'least-squares')
    await machine.request('saveExperiment', { id, document: TRAINED })
    const { keys } = await machine.request('startRuns', { experimentId: id, resume: true })
    expect(keys).toEqual(['sgd'])
    const state = await machine.finished(id, 'sgd')
    const { record } = state
    const history = await machine.request('getRunHistory', { experimentId: id, key: 'sgd' })
    expect(history.map(({ iteration }) => iteration)).toEqual([...Array(13).keys()])
    expect(history.every(({ seconds }, i) => i === 0 || seconds >= history[i - 1].seconds)).toBe(true)
    expect(record!.seconds).toBeGreaterThanOrEqual(history[12].seconds)
    expect([record!.iterations, record!.details['continued from epoch']]).toEqual([12, 5])
  })
})

describe('a state that no run has left', () => {
  const specs = expandDocument(GROWN)

  /** A folder as a stopped run leaves it, with a state of these bytes. */
  async function left(folder: string, state: Uint8Array): Promise<void> {
    const { X, Y, summary } = plantedProblem('relu', 'squared', 0.1)
    const host = { now: () => 0, isCancelled: () => false }
    const run = executeRun({ X, Y, test: null, summary }, specs[0], host)
    let step = await run.next()
    while (!step.done) step = await run.next()
    const preprocessing = { features: [], steps: [] }
    const files = runFiles({ spec: specs[0], data: summary, preprocessing, output: step.value, log: [] })
    for (const [name, contents] of Object.entries({ ...files, 'state.npz': state })) {
      await writeFile(join(folder, name), contents)
    }
  }

  it.each([
    ['is no archive', new Uint8Array(1000), 1e6, /damaged or no NPZ/],
    ['is larger than any', new Uint8Array(1001), 1000, /1001 bytes: more than are read/],
    ['unpacks to more', writeNpz({ a: { shape: [1e6], data: new Float64Array(1e6) } }), 1e6, /holds 8 MiB/],
  ])('%s: refused before it is read', async (_what, state, largest, why) => {
    await using folder = await temporaryFolder()
    await left(folder.path, state)
    await expect(resumed(specs[0], folder.path, largest)).rejects.toThrow(why)
    const document = { ...specs[0].document, beta: 0.2 }
    expect(await resumed({ ...specs[0], document }, folder.path, largest)).toBeNull()
  })
})
