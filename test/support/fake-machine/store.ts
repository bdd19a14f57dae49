/** The stand-in machine's workspace, in memory. */
import { BidualError } from '../../../core/errors.ts'
import type { DatasetEntry, ExperimentEntry, RunState, StoredRun } from '../../../core/protocol.ts'
import { sha256 } from '../../../core/data/sha256.ts'

export type JsonObject = Record<string, unknown>

export interface FakeDataset {
  entry: DatasetEntry
  bytes: Uint8Array
  deleted: boolean
}

export interface FakeExperiment {
  id: string
  document: JsonObject
  modifiedAt: string
  runs: StoredRun[]
  deleted: boolean
}

const stamp = (minutes: number) => new Date(Date.UTC(2026, 0, 5, 9, minutes)).toISOString()

const slug = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)

export class FakeStore {
  readonly datasets = new Map<string, FakeDataset>()
  readonly experiments = new Map<string, FakeExperiment>()
  readonly live = new Map<string, RunState>()
  #minutes = 0
  #count = 0

  #id(name: string): string {
    return `${slug(name) || 'untitled'}-${++this.#count}`
  }

  addDataset(fileName: string, bytes: Uint8Array, rows: number | null, columns: number | null): FakeDataset {
    const id = this.#id(fileName)
    const entry: DatasetEntry = {
      id,
      fileName,
      bytes: bytes.length,
      sha256: sha256(bytes),
      importedAt: stamp(++this.#minutes),
      rows,
      columns,
      file: `../../data/${fileName}`,
    }
    const dataset = { entry, bytes, deleted: false }
    this.datasets.set(id, dataset)
    return dataset
  }

  addExperiment(document: JsonObject): FakeExperiment {
    const id = this.#id(String(document.name))
    const experiment = { id, document, modifiedAt: stamp(++this.#minutes), runs: [], deleted: false }
    this.experiments.set(id, experiment)
    return experiment
  }

  dataset(id: string): FakeDataset {
    return found(this.datasets.get(id), 'data set', id)
  }

  experiment(id: string): FakeExperiment {
    return found(this.experiments.get(id), 'experiment', id)
  }

  touch(experiment: FakeExperiment): void {
    experiment.modifiedAt = stamp(++this.#minutes)
  }

  listDatasets(): DatasetEntry[] {
    const kept = [...this.datasets.values()].filter(({ deleted }) => !deleted)
    return kept.map(({ entry }) => entry).sort((a, b) => b.importedAt.localeCompare(a.importedAt))
  }

  listExperiments(): ExperimentEntry[] {
    const kept = [...this.experiments.values()].filter(({ deleted }) => !deleted)
    return kept.map(entryOf).sort((a, b) => b.modifiedAt.localeCompare(a.modifiedAt))
  }
}

function found<Value>(value: Value | undefined, kind: string, id: string): Value {
  if (value === undefined) throw new BidualError('not-found', `There is no ${kind} "${id}".`)
  return value
}

interface LooseDocument {
  name?: string
  dataset?: { file?: string; generator?: string }
  network?: { family?: string }
  loss?: string
}

function best(runs: StoredRun[]): ExperimentEntry['best'] {
  const levels = ['global', 'bound', 'dictionary', 'none']
  const ranked = runs
    .filter(({ record }) => record.objective !== null)
    .sort((a, b) => levels.indexOf(a.record.certificate.level) - levels.indexOf(b.record.certificate.level))
  const record = ranked.at(0)?.record
  if (!record) return null
  return { objective: record.objective!, level: record.certificate.level, gap: record.certificate.gap }
}

export function entryOf({ id, document, modifiedAt, runs }: FakeExperiment): ExperimentEntry {
  const { name, dataset, network, loss } = document as LooseDocument
  return {
    id,
    name: name ?? 'untitled',
    modifiedAt,
    family: network?.family ?? 'relu',
    loss: loss ?? 'squared',
    dataset: dataset?.file?.split('/').at(-1) ?? dataset?.generator ?? '',
    runs: runs.length,
    best: best(runs),
  }
}
