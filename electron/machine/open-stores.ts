/** Everything that is kept in a workspace, opened in the order in which it depends on each other. */
import { DatasetStore } from '../services/dataset-store.ts'
import { Disk } from '../services/disk.ts'
import { ExperimentStore } from '../services/experiment-store.ts'
import { IndexDatabase } from '../services/index-database.ts'
import { availableMemory } from '../services/memory.ts'
import { RunStore } from '../services/run-store.ts'
import { SettingsStore } from '../services/settings.ts'
import { Threads } from '../services/threads.ts'
import { Workspace } from '../services/workspace.ts'
import type { Stores } from './services.ts'

export interface StoreOptions {
  /** Folder of the workspace; created when missing. */
  workspace: string
  /** Told about damaged files that are skipped. */
  warn: (message: string) => void
  /** Replaced in tests. */
  disk?: Disk
  /** Milliseconds before a full disk is tried again. */
  retryMs?: number
  /** Code of the threads that read and prepare data; replaced in tests. */
  dataWorker?: URL
}

/** Threads that read and prepare data, beside those that run methods. */
const DATA_THREADS = 2

/** @throws BidualError `forbidden` when the workspace cannot be written to */
export async function openStores({
  workspace: path,
  warn,
  retryMs,
  dataWorker,
  disk = new Disk(),
}: StoreOptions): Promise<Stores> {
  const workspace = await Workspace.open(path)
  const settings = await SettingsStore.open(disk, workspace.settings, warn)
  const memoryLimit = () => settings.current.memoryShare * availableMemory()
  const threads = new Threads(DATA_THREADS, dataWorker)
  const datasets = await DatasetStore.open({ workspace, disk, threads, memoryLimit, warn })
  const index = IndexDatabase.open(workspace.index)
  const runs = new RunStore({ workspace, disk, index, warn, retryMs })
  const experiments = await ExperimentStore.open({ workspace, disk, index, runs, warn })
  return { workspace, settings, datasets, index, runs, experiments, threads, memoryLimit }
}
