/** The services, connected with each other and with the events that windows hear. */
import { availableParallelism } from 'node:os'
import type { ErrorPayload } from '../../core/errors.ts'
import type { AppInfo, QueueStatus } from '../../core/protocol.ts'
import type { DatasetStore } from '../services/dataset-store.ts'
import { EventHub } from '../services/events.ts'
import type { ExperimentStore } from '../services/experiment-store.ts'
import type { IndexDatabase } from '../services/index-database.ts'
import { availableMemory } from '../services/memory.ts'
import { ProblemStore } from '../services/problem-store.ts'
import type { FinishedRun } from '../services/run-files.ts'
import { RunSession } from '../services/run-session.ts'
import type { RunStore } from '../services/run-store.ts'
import type { SettingsStore } from '../services/settings.ts'
import type { Threads } from '../services/threads.ts'
import { throttle } from '../services/throttle.ts'
import type { Workspace } from '../services/workspace.ts'
import { PRODUCT, VERSION } from '../version.ts'

/** Asks where and writes there; null: the person changed their mind. */
export type SaveFile = (fileName: string, bytes: Uint8Array) => Promise<{ savedAs: string } | null>

/** What is kept on the disk. */
export interface Stores {
  workspace: Workspace
  settings: SettingsStore
  datasets: DatasetStore
  index: IndexDatabase
  runs: RunStore
  experiments: ExperimentStore
  /** For reading and preparing data. */
  threads: Threads
  /** Bytes that data may take in memory, as the settings stand. */
  memoryLimit: () => number
}

export interface HostOptions {
  host: AppInfo['host']
  /** Told about damaged files that are skipped, and about what could not be saved. */
  warn: (message: string) => void
  /** Absent where the host has no dialogs. */
  saveFile?: SaveFile
  /** Code of the threads that run methods; replaced in tests. */
  runWorker?: URL
}

export class Services {
  readonly stores: Stores
  readonly info: AppInfo
  readonly saveFile: SaveFile | undefined
  readonly events = new EventHub()
  readonly problems: ProblemStore
  readonly session: RunSession
  readonly #warn: HostOptions['warn']
  readonly #pushExperiments = throttle(() =>
    this.events.emit('experimentsChanged', this.stores.experiments.list()),
  )
  readonly #pushQueue = throttle(() => this.#emitQueueStatus())
  #lastQueueStatus = ''

  constructor(stores: Stores, options: HostOptions) {
    this.stores = stores
    this.info = appInfo(options.host, stores.workspace.root)
    this.saveFile = options.saveFile
    this.#warn = options.warn
    const { threads, memoryLimit } = stores
    this.problems = new ProblemStore({ threads, memoryLimit, onChange: () => this.#pushQueue.touch() })
    this.session = new RunSession({
      problems: this.problems,
      slots: () => this.#slots(),
      push: (states) => this.events.emit('runsChanged', states),
      onQueueChange: () => this.#pushQueue.touch(),
      store: (experimentId, run, onSaved) => this.#store(experimentId, run, onSaved),
      runWorker: options.runWorker,
    })
  }

  /** Tells windows that an experiment was changed, added or removed. */
  experimentChanged(id: string): void {
    this.stores.experiments.touch(id)
    this.#pushExperiments.touch()
  }

  datasetsChanged(): void {
    this.events.emit('datasetsChanged', this.stores.datasets.list())
  }

  /** Tells windows, and lets the queue use more slots. */
  settingsChanged(): void {
    this.events.emit('settingsChanged', this.stores.settings.current)
    this.session.pump()
    this.#pushQueue.touch()
  }

  /** Tells windows of the queue although nothing has changed. */
  repeatQueueStatus(): void {
    this.#lastQueueStatus = ''
    this.#pushQueue.touch()
  }

  /** Cancels what runs, stores what is finished, closes the index. */
  async close(): Promise<void> {
    await this.session.close()
    const lost = await this.stores.runs.close()
    if (lost > 0) this.#warn(`The disk is full: ${lost} finished runs could not be saved.`)
    this.#pushExperiments.flush()
    this.#pushQueue.flush()
    this.stores.index.close()
  }

  async #store(experimentId: string, run: FinishedRun, onSaved: () => void): Promise<ErrorPayload | null> {
    try {
      return await this.stores.runs.save(experimentId, run, onSaved)
    } finally {
      // A run that a full disk refused is listed too.
      this.experimentChanged(experimentId)
    }
  }

  #slots(): number {
    return this.stores.settings.current.parallelRuns ?? availableParallelism()
  }

  /** Progress of a run touches the queue too, but mostly changes nothing in it. */
  #emitQueueStatus(): void {
    const status = this.#queueStatus()
    if (JSON.stringify(status) === this.#lastQueueStatus) return
    this.#lastQueueStatus = JSON.stringify(status)
    this.events.emit('queueChanged', status)
  }

  #queueStatus(): QueueStatus {
    return {
      queued: this.session.queued,
      running: this.session.running,
      slots: this.#slots(),
      memoryUsedBytes: this.problems.memoryBytes,
      memoryLimitBytes: this.stores.memoryLimit(),
    }
  }
}

function appInfo(host: AppInfo['host'], workspacePath: string): AppInfo {
  return {
    name: PRODUCT,
    version: VERSION,
    host,
    platform: process.platform,
    node: process.versions.node,
    cores: availableParallelism(),
    memoryBytes: availableMemory(),
    workspacePath,
  }
}
