import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { METHOD_IDS } from '../../../core/experiments/document.ts'
import { expandDocument } from '../../../core/experiments/expand.ts'
import { resultDocumentSchema } from '../../../core/experiments/result.ts'
import type { RunState } from '../../../core/protocol.ts'
import { CSV, openMachine, SMALL_DOCUMENT, temporaryFolder } from '../../support/machine.ts'

describe('requests that no window of ours would make', () => {
  it('are refused with the reason', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const ask = (name: string, params: unknown) => machine.service.request(name, params)
    await expect(ask('eval', {})).rejects.toMatchObject({ code: 'bad-input' })
    await expect(ask('constructor', {})).rejects.toMatchObject({ code: 'bad-input' })
    await expect(ask('__proto__', {})).rejects.toMatchObject({ code: 'bad-input' })
    await expect(ask('getAppInfo', { extra: 1 })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(ask('getExperiment', { id: '../..' })).rejects.toMatchObject({
      code: 'bad-input',
      place: { path: 'id' },
    })
    await expect(ask('importDataset', { fileName: '../x', bytes: CSV })).rejects.toMatchObject({
      code: 'bad-input',
    })
    await expect(ask('importDataset', { fileName: 'x.csv', bytes: 'a,b' })).rejects.toMatchObject({
      code: 'bad-input',
    })
    await expect(ask('deleteRun', { experimentId: 'a', key: '../b' })).rejects.toMatchObject({
      code: 'bad-input',
    })
    await expect(ask('saveFile', { fileName: 'x.csv', bytes: CSV })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('cannot pollute prototypes', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const ask = (name: string, params: unknown) => machine.service.request(name, params)
    const evil = '{"name":"p","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    const document = JSON.parse(evil) as object
    const { id } = await machine.request('createExperiment', { document })
    await machine.request('saveExperiment', { id, document })
    await ask('setSettings', { layout: JSON.parse('{"__proto__":{"polluted":1}}') as unknown })
    await expect(ask('inspectProblem', { experimentId: id, document })).rejects.toMatchObject({
      code: 'bad-input',
    })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('a window that comes later', () => {
  it('hears of the queue once it has asked for the runs', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const hear = () =>
      new Promise((resolve) => {
        const end = machine.on('queueChanged', (status) => {
          end()
          resolve(status)
        })
      })
    for (let window = 1; window <= 2; window++) {
      const heard = hear()
      await machine.request('getRunSnapshot', {})
      expect(await heard).toMatchObject({ queued: 0, running: 0, memoryUsedBytes: 0 })
    }
  })
})

describe('settings', () => {
  it('are validated, kept, and told to windows', async () => {
    await using folder = await temporaryFolder()
    {
      await using machine = await openMachine(folder.path)
      const told: string[] = []
      machine.on('settingsChanged', ({ theme }) => told.push(theme))
      await machine.request('setSettings', { theme: 'dark', parallelRuns: 3 })
      expect(told).toEqual(['dark'])
      await expect(machine.service.request('setSettings', { memoryShare: 2 })).rejects.toMatchObject({
        code: 'bad-input',
      })
    }
    await using machine = await openMachine(folder.path)
    expect(await machine.request('getSettings', {})).toMatchObject({
      theme: 'dark',
      parallelRuns: 3,
      memoryShare: 0.5,
    })
  })

  it('that are damaged are said to be, and the defaults hold', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'settings.json'), '{"theme":')
    await using machine = await openMachine(folder.path)
    expect(await machine.request('getSettings', {})).toMatchObject({ theme: 'system' })
    expect(machine.warnings.join()).toContain('settings.json is not JSON')
  })
})

describe('data sets', () => {
  it('are imported once, previewed, deleted and restored', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const entry = await machine.request('importDataset', { fileName: 'Some Data.csv', bytes: CSV })
    expect(entry).toMatchObject({ fileName: 'Some Data.csv', bytes: CSV.length, rows: 4, columns: 3 })
    expect(entry.id).toMatch(/^some-data-[0-9a-f]{8}$/)
    expect(entry.sha256).toHaveLength(64)
    expect(await machine.request('importDataset', { fileName: 'Some Data.csv', bytes: CSV })).toEqual(entry)
    expect(await machine.request('listDatasets', {})).toEqual([entry])

    const preview = await machine.request('previewDataset', { id: entry.id })
    expect(preview.target).toMatchObject({ names: ['class'], task: 'classes' })
    const headless = await machine.request('previewDataset', { id: entry.id, header: false })
    expect(headless.rows).toBe(5)

    await machine.request('deleteDataset', { id: entry.id })
    expect(await machine.request('listDatasets', {})).toEqual([])
    await expect(machine.request('previewDataset', { id: entry.id })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(await machine.request('restoreDataset', { id: entry.id })).toEqual(entry)
    expect(await readdir(join(folder.path, 'datasets'))).toEqual([entry.id])
  })

  it('that cannot be read leave nothing behind', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const bytes = new TextEncoder().encode('a,b\n1,2\n3\n')
    await expect(machine.request('importDataset', { fileName: 'x.csv', bytes })).rejects.toMatchObject({
      code: 'bad-input',
      place: { file: 'x.csv' },
    })
    await expect(
      machine.request('importDataset', { fileName: 'x.csv', bytes: new Uint8Array() }),
    ).rejects.toMatchObject({ code: 'bad-input' })
    expect(await readdir(join(folder.path, 'datasets'))).toEqual([])
  })

  it('in use cannot be deleted', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const { id, file } = await machine.request('importDataset', { fileName: 'x.csv', bytes: CSV })
    await machine.request('createExperiment', { document: { name: 'User', dataset: { file } } })
    await expect(machine.request('deleteDataset', { id })).rejects.toThrow('x.csv is used by "User"')
  })
})

describe('experiments', () => {
  it('are created, saved, duplicated, deleted and restored', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const pushes: string[][] = []
    machine.on('experimentsChanged', (entries) => pushes.push(entries.map(({ name }) => name)))
    const { id } = await machine.request('createExperiment', { document: SMALL_DOCUMENT })
    expect(id).toBe('small')
    const copy = await machine.request('duplicateExperiment', { id })
    expect(copy).toMatchObject({ id: 'small-copy', document: { name: 'Small (copy)' }, runs: [] })
    await machine.request('saveExperiment', { id, document: { ...SMALL_DOCUMENT, name: 'Renamed' } })
    expect((await machine.request('getExperiment', { id })).document.name).toBe('Renamed')

    await machine.request('deleteExperiment', { id })
    await expect(machine.request('getExperiment', { id })).rejects.toMatchObject({ code: 'not-found' })
    expect(await machine.request('restoreExperiment', { id })).toMatchObject({
      id,
      name: 'Renamed',
      dataset: 'planted',
    })
    const listed = await machine.request('listExperiments', {})
    expect(listed.map(({ id }) => id).sort()).toEqual(['small', 'small-copy'])
    await machine.service.close()
    expect(pushes.at(-1)?.sort()).toEqual(['Renamed', 'Small (copy)'])
  })

  it('that have only been begun can be kept and listed', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const { id } = await machine.request('createExperiment', { document: {} })
    expect(await machine.request('listExperiments', {})).toMatchObject([
      { id, name: 'Untitled', family: '', runs: 0 },
    ])
    await expect(machine.request('startRuns', { experimentId: id })).rejects.toMatchObject({
      code: 'bad-input',
    })
  })

  it('open on an example in a new workspace, and only there', async () => {
    await using folder = await temporaryFolder()
    {
      await using machine = await openMachine(folder.path, { empty: false })
      const [example] = await machine.request('listExperiments', {})
      const { document } = await machine.request('getExperiment', { id: example.id })
      const inspection = await machine.request('inspectProblem', { experimentId: example.id, document })
      expect(
        inspection.methods
          .filter(({ index }) => index !== null)
          .every(({ applicability }) => applicability.applies),
      ).toBe(true)
      await machine.request('deleteExperiment', { id: example.id })
    }
    await using machine = await openMachine(folder.path, { empty: false })
    expect(await machine.request('listExperiments', {})).toEqual([])
  })
})

describe('documents of the window', () => {
  const withFile = (file: string) => ({ ...SMALL_DOCUMENT, dataset: { file } })

  it('reach files of the workspace only, whatever links lie there', async () => {
    await using outside = await temporaryFolder()
    await using folder = await temporaryFolder()
    await writeFile(join(outside.path, 'secret.csv'), CSV)
    await using machine = await openMachine(folder.path)
    await mkdir(join(folder.path, 'datasets', 'link'))
    await symlink(join(outside.path, 'secret.csv'), join(folder.path, 'datasets', 'link', 'secret.csv'))
    const { id } = await machine.request('createExperiment', { document: SMALL_DOCUMENT })
    const inspect = (file: string) =>
      machine.request('inspectProblem', { experimentId: id, document: withFile(file) })

    await expect(inspect(join(outside.path, 'secret.csv'))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(inspect('../../../etc/passwd')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(inspect('../../settings.json')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(inspect('../../datasets/link/secret.csv')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(inspect('../../datasets/none/x.csv')).rejects.toMatchObject({
      code: 'not-found',
      place: { path: 'dataset.file' },
    })
    await machine.request('saveExperiment', { id, document: withFile('../../../etc/passwd') })
    await expect(machine.request('startRuns', { experimentId: id })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('are inspected before anything is run, with methods or without', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const { file } = await machine.request('importDataset', { fileName: 'x.csv', bytes: CSV })
    const document = { ...withFile(file), preprocess: [{ step: 'standardize' }] }
    const { id } = await machine.request('createExperiment', { document })
    const inspection = await machine.request('inspectProblem', { experimentId: id, document })
    expect(inspection).toMatchObject({
      runs: 3,
      summary: { n: 4, d: 2, classes: ['x', 'y'] },
      memoryBytes: 96,
    })
    expect(inspection.steps).toHaveLength(1)
    const chosen = new Map(inspection.methods.map(({ id, index }) => [id, index]))
    expect([...chosen.keys()].sort()).toEqual([...METHOD_IDS].sort())
    expect([...chosen].filter(([, index]) => index !== null).sort()).toEqual([
      ['least-squares', 0],
      ['sgd', 1],
    ])
    const bare = await machine.request('inspectProblem', {
      experimentId: id,
      document: { ...document, methods: [] },
    })
    expect(bare.runs).toBe(0)
    expect(bare.methods.every(({ index }) => index === null)).toBe(true)
  })
})

describe('runs', () => {
  it('are computed in threads, told, stored, found again, deleted and restored', async () => {
    await using folder = await temporaryFolder()
    const keys = ['least-squares', 'sgd-1', 'sgd-2']
    let id: string
    {
      await using machine = await openMachine(folder.path)
      const pushes: RunState[] = []
      machine.on('runsChanged', (states) => pushes.push(...states))
      id = (await machine.request('createExperiment', { document: SMALL_DOCUMENT })).id
      expect(await machine.request('startRuns', { experimentId: id })).toEqual({ keys })
      await expect(machine.request('startRuns', { experimentId: id })).rejects.toMatchObject({
        code: 'conflict',
      })
      await expect(machine.request('deleteExperiment', { id })).rejects.toMatchObject({ code: 'conflict' })
      const states = await Promise.all(keys.map((key) => machine.finished(id, key)))
      expect(states.map(({ status }) => status)).toEqual(['solved', 'maxIterations', 'maxIterations'])

      const snapshot = await machine.request('getRunSnapshot', {})
      for (const { key, points, record } of snapshot) {
        const own = pushes.filter((push) => push.key === key)
        const assembled: unknown[] = []
        for (const push of own) push.points.forEach((point, i) => (assembled[push.from + i] = point))
        expect(assembled).toEqual(points)
        expect(own.at(-1)).toMatchObject({ state: 'finished', record })
      }
      expect(snapshot[1].points.length).toBeGreaterThanOrEqual(5)
    }
    await using machine = await openMachine(folder.path)
    const { runs } = await machine.request('getExperiment', { id })
    expect(runs.map(({ record }) => record.key).sort()).toEqual(keys)
    expect(runs.every(({ stale }) => !stale)).toBe(true)
    const history = await machine.request('getRunHistory', { experimentId: id, key: 'sgd-1' })
    expect(history.length).toBeGreaterThanOrEqual(5)
    const weights = await machine.request('getRunWeights', { experimentId: id, key: 'sgd-1' })
    expect(weights.family).toBe('relu')
    expect(Object.values(weights.arrays).every(({ data }) => data instanceof Float64Array)).toBe(true)
    const linear = await machine.request('getRunWeights', { experimentId: id, key: 'least-squares' })
    expect(linear.family).toBe('linear')
    const result = resultDocumentSchema.parse(await machine.request('getResult', { experimentId: id }))
    expect(result.runs.map(({ key }) => key)).toEqual(expandDocument(SMALL_DOCUMENT).map(({ key }) => key))
    const own = JSON.parse(
      await readFile(join(folder.path, 'experiments', id, 'runs', 'sgd-1', 'result.json'), 'utf8'),
    ) as unknown
    expect(resultDocumentSchema.parse(own).runs[0].key).toBe('sgd-1')

    await machine.request('deleteRun', { experimentId: id, key: 'sgd-1' })
    expect(await machine.request('listRuns', {})).toHaveLength(2)
    await machine.request('restoreRun', { experimentId: id, key: 'sgd-1' })
    expect(await machine.request('listRuns', {})).toHaveLength(3)
    await expect(machine.request('deleteRun', { experimentId: id, key: 'convex' })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('of an older document are out of date; the chosen methods run', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const { id } = await machine.request('createExperiment', { document: SMALL_DOCUMENT })
    expect(await machine.request('startRuns', { experimentId: id, methods: [0] })).toEqual({
      keys: ['least-squares'],
    })
    await machine.finished(id, 'least-squares')
    await machine.request('saveExperiment', { id, document: { ...SMALL_DOCUMENT, name: 'Renamed' } })
    expect((await machine.request('getExperiment', { id })).runs).toMatchObject([{ stale: false }])
    await machine.request('saveExperiment', { id, document: { ...SMALL_DOCUMENT, beta: 0.2 } })
    expect((await machine.request('getExperiment', { id })).runs).toMatchObject([{ stale: true }])
    await expect(machine.request('getResult', { experimentId: id })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(machine.request('startRuns', { experimentId: id, methods: [7] })).rejects.toMatchObject({
      code: 'bad-input',
    })
  })

  it('share the lower bounds that any of them proves', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const document = { ...SMALL_DOCUMENT, methods: [{ id: 'sgd', epochs: 3 }, { id: 'convex' }] }
    const { id } = await machine.request('createExperiment', { document })
    await machine.request('startRuns', { experimentId: id, methods: [0] })
    const alone = await machine.finished(id, 'sgd')
    expect(alone.record!.certificate.level).toBe('none')
    await machine.request('startRuns', { experimentId: id, methods: [1] })
    const convex = await machine.finished(id, 'convex')
    const [sgd] = (await machine.request('getRunSnapshot', {})).filter(({ key }) => key === 'sgd')
    expect(sgd.record!.certificate).toMatchObject({
      level: 'bound',
      lowerBound: convex.record!.certificate.lowerBound,
    })
    const stored = (await machine.request('getExperiment', { id })).runs.find(
      ({ record }) => record.key === 'sgd',
    )
    expect(stored!.record).toEqual(sgd.record)
    expect(await machine.request('listExperiments', {})).toMatchObject([
      { runs: 2, best: { level: 'global' } },
    ])
  })

  it('whose data cannot be prepared fail with the reason, and leave nothing on the disk', async () => {
    await using folder = await temporaryFolder()
    await using machine = await openMachine(folder.path)
    const { file } = await machine.request('importDataset', { fileName: 'x.csv', bytes: CSV })
    const document = { ...SMALL_DOCUMENT, dataset: { file, target: 'nothing' } }
    const { id } = await machine.request('createExperiment', { document })
    await machine.request('startRuns', { experimentId: id, methods: [0] })
    const state = await machine.finished(id, 'least-squares')
    expect(state).toMatchObject({
      status: 'failed',
      record: { error: { code: 'bad-input', place: { file: 'x.csv' } } },
    })
    expect(state.record!.error!.message).toContain('nothing')
    expect((await machine.request('getExperiment', { id })).runs).toEqual([])
  })
})
