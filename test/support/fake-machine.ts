/** A machine in memory, for component tests and for looking at the window without an engine. Never shipped. */
import { previewTable } from '../../core/data/preview.ts'
import type { DatasetPreview } from '../../core/data/preview-types.ts'
import { readTable } from '../../core/data/read-table.ts'
import { sourceOf } from '../../core/data/source.ts'
import { BidualError } from '../../core/errors.ts'
import { REQUESTS, settingsSchema } from '../../core/protocol.ts'
import type {
  AppInfo,
  EventName,
  Events,
  Machine,
  RequestName,
  RequestParams,
  Responses,
} from '../../core/protocol.ts'
import { FakeEvents } from './fake-machine/events.ts'
import { inspect } from './fake-machine/inspect.ts'
import { FakeRuns } from './fake-machine/runs.ts'
import { bytesOf, echoesCsv, housesCsv } from './fake-machine/sample-data.ts'
import { FakeStore, entryOf } from './fake-machine/store.ts'
import type { FakeExperiment } from './fake-machine/store.ts'

const INFO: AppInfo = {
  name: 'Bidual',
  version: '0.1.0',
  host: 'browser',
  platform: 'linux x64',
  node: '24.0.0',
  cores: 2,
  memoryBytes: 16e9,
  workspacePath: '/home/someone/Bidual',
}

type Answers = {
  [Name in RequestName]: (params: RequestParams<Name>) => Responses[Name] | Promise<Responses[Name]>
}

export interface FakeMachine extends Machine {
  readonly store: FakeStore
  readonly runs: FakeRuns
  /** Every request so far. */
  readonly asked: { name: RequestName; params: unknown }[]
  emit: <Name extends EventName>(name: Name, payload: Events[Name]) => void
  /** The next request of this name is refused with the error. */
  refuse: (name: RequestName, error: BidualError) => void
}

/** @returns an empty workspace behind a machine whose runs advance by `runs.step()` */
export function fakeMachine(): FakeMachine {
  const store = new FakeStore()
  const events = new FakeEvents()
  const runs = new FakeRuns(store, events)
  const answers = answersOf(store, events, runs)
  const asked: FakeMachine['asked'] = []
  const refusals = new Map<RequestName, BidualError>()

  async function request<Name extends RequestName>(
    name: Name,
    params: RequestParams<Name>,
  ): Promise<Responses[Name]> {
    asked.push({ name, params })
    const refusal = refusals.get(name)
    refusals.delete(name)
    if (refusal) throw refusal
    // Hosts validate what the window sends; so does the stand-in.
    const valid = REQUESTS[name].params.parse(params) as RequestParams<Name>
    return structuredClone(await answers[name](valid))
  }

  return {
    store,
    runs,
    asked,
    request,
    on: (name, listener) => events.on(name, listener),
    emit: (name, payload) => events.emit(name, payload),
    refuse: (name, error) => void refusals.set(name, error),
  }
}

async function preview(store: FakeStore, params: RequestParams<'previewDataset'>): Promise<DatasetPreview> {
  const { id, ...reading } = params
  const { entry, bytes } = store.dataset(id)
  const table = await readTable(sourceOf(entry.fileName, bytes), { ...reading, memoryLimit: 1e9 })
  return previewTable(table, { sha256: entry.sha256, bytes: entry.bytes })
}

function answersOf(store: FakeStore, events: FakeEvents, runs: FakeRuns): Answers {
  let settings = settingsSchema.parse({})
  const experimentsChanged = () => events.emit('experimentsChanged', store.listExperiments())
  const datasetsChanged = () => events.emit('datasetsChanged', store.listDatasets())
  const detail = ({ id, document, runs: stored }: FakeExperiment) => ({ id, document, runs: stored })
  const changed = <Value>(push: () => void, value: Value): Value => {
    push()
    return value
  }
  const create = (document: Record<string, unknown>) => {
    const experiment = store.addExperiment(document)
    return changed(experimentsChanged, detail(experiment))
  }
  return {
    getAppInfo: () => INFO,
    getSettings: () => settings,
    setSettings: (part) => (settings = { ...settings, ...part }),

    listDatasets: () => store.listDatasets(),
    importDataset: async ({ fileName, bytes }) => {
      const table = await readTable(sourceOf(fileName, bytes), { memoryLimit: 1e9 })
      const { entry } = store.addDataset(fileName, bytes, table.rows, table.columns.length)
      return changed(datasetsChanged, entry)
    },
    previewDataset: (params) => preview(store, params),
    deleteDataset: ({ id }) => {
      store.dataset(id).deleted = true
      return changed(datasetsChanged, null)
    },
    restoreDataset: ({ id }) => {
      store.dataset(id).deleted = false
      return changed(datasetsChanged, store.dataset(id).entry)
    },

    listExperiments: () => store.listExperiments(),
    getExperiment: ({ id }) => detail(store.experiment(id)),
    createExperiment: ({ document }) => create(document),
    saveExperiment: ({ id, document }) => {
      const experiment = store.experiment(id)
      experiment.document = document
      store.touch(experiment)
      return changed(experimentsChanged, entryOf(experiment))
    },
    duplicateExperiment: ({ id }) => {
      const { document } = store.experiment(id)
      return create({ ...document, name: `${String(document.name)}, copy` })
    },
    deleteExperiment: ({ id }) => {
      store.experiment(id).deleted = true
      return changed(experimentsChanged, null)
    },
    restoreExperiment: ({ id }) => {
      store.experiment(id).deleted = false
      return changed(experimentsChanged, entryOf(store.experiment(id)))
    },
    inspectProblem: ({ document }) => inspect(document),

    startRuns: ({ experimentId, methods }) => ({ keys: runs.start(store.experiment(experimentId), methods) }),
    cancelRun: ({ experimentId, key }) => changed(() => runs.cancel(experimentId, key), null),
    cancelAll: ({ experimentId }) => changed(() => runs.cancel(experimentId), null),
    getRunSnapshot: () => [...store.live.values()],
    listRuns: () =>
      [...store.experiments.values()].filter(({ deleted }) => !deleted).flatMap(({ runs: all }) => all),
    getRunHistory: ({ experimentId, key }) => runs.histories.get(`${experimentId}/${key}`) ?? [],
    getRunWeights: () => ({
      family: 'relu',
      arrays: { U: { shape: [2, 1], data: Float64Array.of(0.5, -1) } },
    }),
    deleteRun: ({ experimentId, key }) => {
      const experiment = store.experiment(experimentId)
      experiment.runs = experiment.runs.filter(({ record }) => record.key !== key)
      return changed(experimentsChanged, null)
    },
    restoreRun: () => {
      throw new BidualError('not-found', 'The stand-in machine keeps no deleted runs.')
    },
    getResult: ({ experimentId }) => ({
      version: 1,
      runs: store.experiment(experimentId).runs.map(({ record }) => record),
    }),
    saveFile: ({ fileName }) => ({ savedAs: fileName }),
  }
}

/** A workspace as after an afternoon: two data sets, four experiments, some of them run. */
export async function furnish(machine: FakeMachine): Promise<void> {
  await machine.request('importDataset', { fileName: 'houses.csv', bytes: bytesOf(housesCsv()) })
  const echoes = await machine.request('importDataset', {
    fileName: 'echoes.csv',
    bytes: bytesOf(echoesCsv()),
  })
  const base = {
    version: 1,
    network: { family: 'relu' },
    loss: 'squared',
    beta: 0.1,
    preprocess: [{ step: 'standardize' }],
    split: { test: 0.2 },
  }
  const sgd = { id: 'sgd', learningRate: 0.01, trials: 5 }
  const file = { file: echoes.file, target: 'class' }
  const documents = [
    {
      ...base,
      name: 'Whitened, three classes',
      dataset: { generator: 'whitened' },
      methods: [{ id: 'closed-form' }],
      network: { family: 'bn-relu' },
      preprocess: [],
      split: { test: 0 },
    },
    {
      ...base,
      name: 'Spiral, one turn',
      dataset: { generator: 'spiral' },
      methods: [{ id: 'convex' }, { ...sgd, trials: 1 }],
      loss: 'hinge',
      preprocess: [],
    },
    {
      ...base,
      name: 'Planted teacher',
      dataset: { generator: 'planted' },
      methods: [{ id: 'least-squares' }],
    },
    {
      ...base,
      name: 'Echoes, two-layer ReLU',
      dataset: file,
      methods: [{ id: 'convex' }, { id: 'gated' }, sgd, { id: 'least-squares' }],
    },
  ]
  for (const document of documents) {
    const { id } = await machine.request('createExperiment', { document })
    if (document.name === 'Planted teacher') continue
    await machine.request('startRuns', { experimentId: id })
    while (machine.runs.active) machine.runs.step()
  }
}
