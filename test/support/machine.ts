/** A machine on an empty workspace of its own, for tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  Events,
  EventName,
  RequestName,
  RequestParams,
  Responses,
  RunState,
} from '../../core/protocol.ts'
import { createMachine } from '../../electron/machine/create-machine.ts'
import type { MachineOptions } from '../../electron/machine/create-machine.ts'
import type { MachineService } from '../../electron/machine/service.ts'
import { bundledWorker } from './bundles.ts'

/** A folder that is gone after `using`. */
export async function temporaryFolder(): Promise<{
  path: string
  [Symbol.asyncDispose]: () => Promise<void>
}> {
  const path = await mkdtemp(join(tmpdir(), 'bidual-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Documents are written as objects here, valid or not. */
type Params<Name extends RequestName> = {
  [Key in keyof RequestParams<Name>]: Key extends 'document' ? object : RequestParams<Name>[Key]
}

export interface TestMachine {
  service: MachineService
  warnings: string[]
  request<Name extends RequestName>(name: Name, params: Params<Name>): Promise<Responses[Name]>
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void
  /** Resolves with the run's state when it is finished. */
  finished(experimentId: string, key: string): Promise<RunState>
  [Symbol.asyncDispose]: () => Promise<void>
}

export async function openMachine(
  workspace: string,
  options: Partial<MachineOptions> = {},
): Promise<TestMachine> {
  const warnings: string[] = []
  const worker = await bundledWorker()
  const service = await createMachine({
    workspace,
    host: 'browser',
    empty: true,
    dataWorker: worker,
    runWorker: worker,
    warn: (message) => warnings.push(message),
    ...options,
  })
  const request = <Name extends RequestName>(name: Name, params: Params<Name>) =>
    service.request(name, params) as Promise<Responses[Name]>
  return {
    service,
    warnings,
    request,
    on: (name, listener) => service.on(name, listener),
    finished: (experimentId, key) => waitForRun({ service, request }, experimentId, key),
    [Symbol.asyncDispose]: () => service.close(),
  }
}

/** From the snapshot, or from the pushes that follow. */
async function waitForRun(
  { service, request }: Pick<TestMachine, 'service' | 'request'>,
  experimentId: string,
  key: string,
): Promise<RunState> {
  const isIt = (state: RunState) =>
    state.experimentId === experimentId && state.key === key && state.state === 'finished'
  const { promise, resolve } = Promise.withResolvers<RunState>()
  const end = service.on('runsChanged', (states) => states.filter(isIt).forEach(resolve))
  ;(await request('getRunSnapshot', {})).filter(isIt).forEach(resolve)
  return promise.finally(end)
}

/** A problem that takes no time: 20 points of a planted teacher. */
export const SMALL_DOCUMENT = {
  version: 1,
  name: 'Small',
  dataset: { generator: 'planted', n: 20, d: 2, neurons: 2 },
  network: { family: 'relu', width: 5 },
  loss: 'squared',
  beta: 0.1,
  methods: [{ id: 'least-squares' }, { id: 'sgd', epochs: 5, trials: 2 }],
}

/** Computes until it is cancelled. */
export const ENDLESS_DOCUMENT = {
  ...SMALL_DOCUMENT,
  name: 'Endless',
  methods: [{ id: 'sgd', optimizer: 'sgd', learningRate: 1e-6, epochs: 1_000_000_000 }],
}

export const CSV = new TextEncoder().encode('a,b,class\n1,2,x\n2,3,y\n3,5,x\n4,1,y\n')
