import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { resultDocumentSchema, type RunRecord } from '../../../core/experiments/result.ts'
import { runCommandLine } from '../../../electron/hosts/cli/command-line.ts'
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
    const { record } = await machine.finished(id, 'sgd')
    expect([record!.iterations, record!.details['continued from epoch']]).toEqual([12, 5])
  })
})
