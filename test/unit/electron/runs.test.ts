import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { QueueStatus, RunState } from '../../../core/protocol.ts'
import { FullDisk } from '../../support/full-disk.ts'
import { ENDLESS_DOCUMENT, openMachine, SMALL_DOCUMENT, temporaryFolder } from '../../support/machine.ts'
import type { TestMachine } from '../../support/machine.ts'

const workerOf = (name: string) => new URL(`../../support/workers/${name}.ts`, import.meta.url)

/** Resolves at the first push in which the run has points. */
function underWay(machine: TestMachine, key: string): Promise<RunState> {
  return new Promise((resolve) => {
    machine.on('runsChanged', (states) => {
      const state = states.find((one) => one.key === key && one.points.length > 0)
      if (state) resolve(state)
    })
  })
}

describe('cancel', () => {
  it('stops a run between iterations and keeps its best iterate', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const { id } = await machine.request('createExperiment', { document: ENDLESS_DOCUMENT })
    const started = underWay(machine, 'sgd')
    await machine.request('startRuns', { experimentId: id })
    expect(await started).toMatchObject({ state: 'running' })
    const begin = performance.now()
    const finished = machine.finished(id, 'sgd')
    await machine.request('cancelRun', { experimentId: id, key: 'sgd' })
    const state = await finished
    console.log(`from cancel to stopped and stored: ${(performance.now() - begin).toFixed(0)} ms`)
    expect(state).toMatchObject({ status: 'cancelled', record: { status: 'cancelled' } })
    expect(state.record!.objective).toBeGreaterThan(0)
    const weights = await machine.request('getRunWeights', { experimentId: id, key: 'sgd' })
    expect(weights.family).toBe('relu')
    await machine.request('cancelRun', { experimentId: id, key: 'sgd' })
    await expect(machine.request('cancelRun', { experimentId: id, key: 'none' })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('ends a thread that does not listen', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path, { runWorker: workerOf('stubborn') })
    const { id } = await machine.request('createExperiment', { document: ENDLESS_DOCUMENT })
    const started = underWay(machine, 'sgd')
    await machine.request('startRuns', { experimentId: id })
    expect(await started).toMatchObject({ phase: 'spinning', secondsLeft: null })
    const begin = performance.now()
    const finished = machine.finished(id, 'sgd')
    await machine.request('cancelRun', { experimentId: id, key: 'sgd' })
    const state = await finished
    console.log(`from cancel to ended thread: ${(performance.now() - begin).toFixed(0)} ms`)
    expect(state).toMatchObject({
      status: 'cancelled',
      record: { objective: null, error: { code: 'cancelled' } },
    })
    expect(machine.service.activeRuns()).toBe(0)
  })

  it('takes queued runs out of the queue, all at once if asked', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    await machine.request('setSettings', { parallelRuns: 1 })
    const document = { ...ENDLESS_DOCUMENT, methods: [{ ...ENDLESS_DOCUMENT.methods[0], trials: 3 }] }
    const { id } = await machine.request('createExperiment', { document })
    const queue: QueueStatus[] = []
    machine.on('queueChanged', (status) => queue.push(status))
    const started = underWay(machine, 'sgd-1')
    await machine.request('startRuns', { experimentId: id })
    await started
    expect(queue.at(-1)).toMatchObject({ queued: 2, running: 1, slots: 1 })
    await machine.request('cancelRun', { experimentId: id, key: 'sgd-3' })
    expect((await machine.finished(id, 'sgd-3')).status).toBe('cancelled')
    await machine.request('cancelAll', { experimentId: 'another' })
    expect(machine.service.activeRuns()).toBe(2)
    await machine.request('cancelAll', {})
    expect((await machine.finished(id, 'sgd-2')).record!.iterations).toBe(0)
    expect((await machine.finished(id, 'sgd-1')).record!.iterations).toBeGreaterThan(0)
  })

  it('and every running thread stop when the machine is closed', async () => {
    await using folder = await temporaryFolder()
    const machine = await openMachine(folder.path)
    const { id } = await machine.request('createExperiment', { document: ENDLESS_DOCUMENT })
    const started = underWay(machine, 'sgd')
    await machine.request('startRuns', { experimentId: id })
    await started
    await machine.service.close()
    await using again = await openMachine(folder.path)
    expect((await again.request('getExperiment', { id })).runs).toMatchObject([
      { record: { status: 'cancelled' } },
    ])
  })
})

describe('a thread that dies', () => {
  it('takes its own run with it and nothing else', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path, { runWorker: workerOf('dying') })
    const document = { ...SMALL_DOCUMENT, methods: [{ id: 'sgd', epochs: 2 }, { id: 'least-squares' }] }
    const { id } = await machine.request('createExperiment', { document })
    await machine.request('startRuns', { experimentId: id })
    const [silent, loud] = await Promise.all([
      machine.finished(id, 'sgd'),
      machine.finished(id, 'least-squares'),
    ])
    expect(silent.record!.error).toMatchObject({ code: 'worker-died' })
    expect(silent.record!.error!.message).toContain('code 3')
    expect(loud.record!.error!.message).toContain('boom')
    expect(await machine.request('getAppInfo', {})).toMatchObject({ host: 'browser' })
  })

  it('does not replace an earlier result', async () => {
    await using folder = await temporaryFolder()
    const document = { ...SMALL_DOCUMENT, methods: [{ id: 'least-squares' }] }
    let id: string
    {
      await using machine = await openMachine(folder.path)
      id = (await machine.request('createExperiment', { document })).id
      await machine.request('startRuns', { experimentId: id })
      await machine.finished(id, 'least-squares')
    }
    await using machine = await openMachine(folder.path, { runWorker: workerOf('dying') })
    await machine.request('startRuns', { experimentId: id })
    expect((await machine.finished(id, 'least-squares')).status).toBe('failed')
    expect((await machine.request('getExperiment', { id })).runs).toMatchObject([
      { record: { status: 'solved' } },
    ])
  })
})

describe('a full disk', () => {
  it('loses no result: it is kept in memory and written when there is space', async () => {
    await using folder = await temporaryFolder()
    const disk = new FullDisk()
    await using machine = await openMachine(folder.path, { disk, retryMs: 20 })
    const document = { ...SMALL_DOCUMENT, methods: [{ id: 'sgd', epochs: 3 }] }
    const { id } = await machine.request('createExperiment', { document })
    disk.full = true
    await machine.request('startRuns', { experimentId: id })
    const refused = await machine.finished(id, 'sgd')
    expect(refused).toMatchObject({ status: 'maxIterations', record: { error: { code: 'disk-full' } } })
    const runs = await readdir(join(folder.path, 'experiments', id, 'runs'))
    expect(runs.filter((name) => !name.startsWith('.tmp'))).toEqual([])
    expect((await machine.request('getExperiment', { id })).runs).toHaveLength(1)
    expect(await machine.request('getRunHistory', { experimentId: id, key: 'sgd' })).not.toHaveLength(0)
    expect(await machine.request('getRunWeights', { experimentId: id, key: 'sgd' })).toMatchObject({
      family: 'relu',
    })

    const saved = new Promise<RunState>((resolve) => {
      machine.on('runsChanged', ([state]) => {
        if (state.record && !state.record.error) resolve(state)
      })
    })
    disk.full = false
    expect((await saved).record).toMatchObject({ status: 'maxIterations' })
    expect(await readdir(join(folder.path, 'experiments', id, 'runs', 'sgd'))).toContain('weights.npz')
  })

  it('refuses what cannot be kept in memory, with the old file untouched', async () => {
    await using folder = await temporaryFolder()
    const disk = new FullDisk()
    await using machine = await openMachine(folder.path, { disk })
    const { id } = await machine.request('createExperiment', { document: SMALL_DOCUMENT })
    disk.full = true
    const document = { ...SMALL_DOCUMENT, name: 'Changed' }
    await expect(machine.request('saveExperiment', { id, document })).rejects.toMatchObject({
      code: 'disk-full',
    })
    await expect(machine.request('setSettings', { theme: 'dark' })).rejects.toMatchObject({
      code: 'disk-full',
    })
    const bytes = new TextEncoder().encode('a,b\n1,2\n3,4\n')
    await expect(machine.request('importDataset', { fileName: 'x.csv', bytes })).rejects.toMatchObject({
      code: 'disk-full',
    })
    expect((await machine.request('getExperiment', { id })).document.name).toBe('Small')
    expect(await machine.request('getSettings', {})).toMatchObject({ theme: 'system' })
    expect(await readdir(join(folder.path, 'datasets'))).toEqual([])
  })
})
