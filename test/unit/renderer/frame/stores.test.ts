// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { BidualError } from '../../../../core/errors.ts'
import { settingsSchema } from '../../../../core/protocol.ts'
import { useCommandsStore } from '../../../../renderer/stores/commands.ts'
import { useDatasetsStore } from '../../../../renderer/stores/datasets.ts'
import { useExperimentsStore } from '../../../../renderer/stores/experiments.ts'
import { useLayoutStore } from '../../../../renderer/stores/layout.ts'
import { useMachineStore } from '../../../../renderer/stores/machine.ts'
import { useNoticesStore } from '../../../../renderer/stores/notices.ts'
import { useSettingsStore } from '../../../../renderer/stores/settings.ts'
import { blankDocument } from '../../../../renderer/composables/starter-document.ts'
import { stage } from './stage.ts'

const names = () => useExperimentsStore().entries.map(({ name }) => name)

describe('experiments', () => {
  it('are created and opened', async () => {
    await stage()
    const { id } = await useExperimentsStore().create(blankDocument())
    expect(useLayoutStore().experimentId).toBe(id)
    expect(names()).toEqual(['New experiment'])
  })

  it('come back after a deletion', async () => {
    await stage({ furnished: true })
    const experiments = useExperimentsStore()
    const before = names()
    const { id } = experiments.entries[1]
    useLayoutStore().openExperiment(id)
    await experiments.remove(id)
    expect(names()).toEqual(before.filter((_, i) => i !== 1))
    expect(useLayoutStore().experimentId).toBeNull()

    useNoticesStore().notices[0].action?.run()
    await flushPromises()
    expect(names()).toEqual(before)
    expect(useLayoutStore().experimentId).toBe(id)
  })

  it('are renamed without touching the rest of the document', async () => {
    const { machine } = await stage({ furnished: true })
    const experiments = useExperimentsStore()
    const { id } = experiments.entries[2]
    const before = machine.store.experiment(id).document
    await experiments.rename(id, 'Two arms')
    expect(machine.store.experiment(id).document).toEqual({ ...before, name: 'Two arms' })
    expect(experiments.find(id)?.name).toBe('Two arms')
  })

  it('are opened from text, and refused with the file and what is wrong', async () => {
    const { machine } = await stage()
    const experiments = useExperimentsStore()
    await experiments.createFromText(JSON.stringify(blankDocument()), 'mine.bidual')
    expect(names()).toEqual(['New experiment'])
    await expect(experiments.createFromText('{"version": 1', 'cut.json')).rejects.toMatchObject({
      code: 'bad-input',
      place: { file: 'cut.json' },
    })
    await expect(experiments.createFromText('[1]', 'list.json')).rejects.toThrow('a JSON object')
    machine.refuse('createExperiment', new BidualError('bad-input', 'Expected a number.', { path: 'beta' }))
    await expect(experiments.createFromText('{}', 'bad.json')).rejects.toMatchObject({
      place: { file: 'bad.json', path: 'beta' },
    })
  })
})

describe('data sets', () => {
  const file = (name: string, text: string) => new File([text], name)

  it('are imported, shown and previewed', async () => {
    await stage()
    const datasets = useDatasetsStore()
    await datasets.importFile(file('points.csv', 'x,y\n1,2\n3,4\n5,6\n'))
    const { id } = datasets.entries[0]
    expect(useLayoutStore().datasetId).toBe(id)
    expect(useLayoutStore().view).toBe('data')
    await datasets.preview(id)
    expect(datasets.previews.get(id)).toMatchObject({ loading: false, error: null, preview: { rows: 3 } })
  })

  it('keep why an import failed until the next one works', async () => {
    await stage()
    const datasets = useDatasetsStore()
    await datasets.importFile(file('ragged.csv', 'a,b\n1,2,3\n'))
    expect(datasets.importError).toMatchObject({ code: 'bad-input', place: { file: 'ragged.csv', row: 2 } })
    expect(useLayoutStore().view).toBe('data')
    await datasets.importFile(file('points.csv', 'x,y\n1,2\n3,4\n'))
    expect(datasets.importError).toBeNull()
  })

  it('do not call back who has gone elsewhere while they are imported', async () => {
    await stage()
    const [datasets, layout, { notices }] = [useDatasetsStore(), useLayoutStore(), useNoticesStore()]
    for (const [name, text] of [
      ['points.csv', 'x,y\n1,2\n3,4\n'],
      ['ragged.csv', 'a,b\n1,2,3\n'],
    ]) {
      layout.go('compare')
      const importing = datasets.importFile(file(name, text))
      layout.go('settings')
      await importing
      expect(layout.view).toBe('settings')
    }
    expect(notices.map(({ message }) => message)).toEqual([
      'Imported “points.csv”.',
      expect.stringContaining('Expected 2 cells'),
    ])
    notices[0].action!.run()
    expect([layout.view, layout.datasetId]).toEqual(['data', datasets.entries[0].id])
  })

  it('show the answer to the last question, whichever comes last', async () => {
    const { machine } = await stage({ furnished: true })
    const datasets = useDatasetsStore()
    const { id } = datasets.entries[0]
    const request = machine.request.bind(machine)
    const late: (() => void)[] = []
    vi.spyOn(machine, 'request').mockImplementation(async (name, params) => {
      const answer = await request(name, params)
      if (late.length === 0) await new Promise<void>((resolve) => late.push(resolve))
      return answer
    })
    const first = datasets.preview(id, { header: false })
    await vi.waitFor(() => expect(late).toHaveLength(1))
    await datasets.preview(id, { header: true })
    late[0]()
    await first
    expect(datasets.previews.get(id)).toMatchObject({ reading: { header: true }, preview: { rows: 208 } })
  })

  it('come back after a deletion', async () => {
    await stage({ furnished: true })
    const datasets = useDatasetsStore()
    const { id } = datasets.entries[0]
    await datasets.remove(id)
    expect(datasets.find(id)).toBeUndefined()
    useNoticesStore().notices[0].action?.run()
    await flushPromises()
    expect(datasets.find(id)).toBeDefined()
    expect(useLayoutStore().datasetId).toBe(id)
  })
})

describe('settings', () => {
  it('change at once and are taken back with a notice when refused', async () => {
    const { machine } = await stage()
    const store = useSettingsStore()
    await store.change({ theme: 'dark' })
    expect(document.documentElement.dataset.theme).toBe('dark')
    machine.refuse('setSettings', new BidualError('disk-full', 'The disk is full.'))
    const changing = store.change({ theme: 'light' })
    expect(store.theme).toBe('light')
    await changing
    expect(store.theme).toBe('dark')
    expect(useNoticesStore().notices[0]).toMatchObject({ message: 'The disk is full.', tone: 'danger' })
  })

  it('keep what a change does not mention', async () => {
    await stage()
    const store = useSettingsStore()
    await store.change({ theme: 'dark' })
    await store.change({ memoryShare: 0.25 })
    expect(store.settings).toMatchObject({ theme: 'dark', memoryShare: 0.25 })
  })

  it('follow other windows', async () => {
    const { machine } = await stage()
    machine.emit('settingsChanged', settingsSchema.parse({ theme: 'high-contrast' }))
    expect(useSettingsStore().theme).toBe('high-contrast')
  })
})

describe('layout', () => {
  it('is remembered across windows, a while after the last change', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { machine } = await stage()
      const layout = useLayoutStore()
      layout.go('compare')
      layout.setSize('experiments-list', 300)
      layout.toggle('data-list')
      await vi.advanceTimersByTimeAsync(1000)
      expect(machine.asked.filter(({ name }) => name === 'setSettings')).toHaveLength(1)
      expect(useSettingsStore().settings.layout).toMatchObject({
        view: 'compare',
        sizes: { 'experiments-list': 300 },
        collapsed: { 'data-list': true },
      })
    } finally {
      vi.useRealTimers()
    }
  })

  it('falls back to its defaults where what is remembered makes no sense', async () => {
    const { machine } = await stage()
    const layout = { view: 'gone', sizes: { a: 'wide' }, experiment: 3, collapsed: { b: true } }
    machine.emit('settingsChanged', settingsSchema.parse({ layout }))
    const store = useLayoutStore()
    store.restore()
    expect([store.view, store.experimentId, store.size('a')]).toEqual(['experiments', null, undefined])
    expect(store.isCollapsed('b')).toBe(true)
  })
})

describe('machine', () => {
  it('has everything fetched anew when a lost connection is back', async () => {
    const { machine, setConnection } = await stage()
    setConnection('reconnecting')
    expect(useMachineStore().connected).toBe(false)
    await machine.request('createExperiment', { document: { name: 'made elsewhere' } })
    machine.asked.length = 0
    setConnection('connected')
    await flushPromises()
    expect(machine.asked.map(({ name }) => name)).toEqual(['listExperiments', 'listDatasets'])
    expect(names()).toEqual(['made elsewhere'])
  })
})

describe('commands', () => {
  it('are answered by the newest part of the window that can', async () => {
    await stage()
    const commands = useCommandsStore()
    const answers: string[] = []
    commands.register('find', () => answers.push('list'))
    const release = commands.register('find', () => answers.push('table'))
    expect(commands.run('find')).toBe(true)
    release()
    commands.run('find')
    expect(answers).toEqual(['table', 'list'])
    expect(commands.run('run')).toBe(false)
  })
})
