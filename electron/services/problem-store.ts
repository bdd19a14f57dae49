/** Prepared problems in shared memory: loaded once for all runs that need them, within a limit. */
import { BidualError } from '../../core/errors.ts'
import { dataKey } from '../../core/experiments/expand.ts'
import type { ConcreteDocument } from '../../core/experiments/document.ts'
import { formatBytes } from '../../core/export/format.ts'
import type { DataPaths, PreparedResult } from '../worker/messages.ts'
import { sharedBytes } from '../worker/shared-data.ts'
import type { Threads } from './threads.ts'

export interface PreparedProblem extends PreparedResult {
  memoryBytes: number
}

/** A use of a problem, which stays in memory until it is released. */
export interface Lease {
  problem: PreparedProblem
  release: () => void
}

export interface ProblemStoreOptions {
  threads: Threads
  /** Bytes that all problems together may take; asked anew each time. */
  memoryLimit: () => number
  /** Told when the memory in use has changed. */
  onChange?: () => void
}

interface Slot {
  problem: PreparedProblem
  leases: number
  /** Order of use: the smallest was used least recently. */
  used: number
}

export class ProblemStore {
  readonly #options: ProblemStoreOptions
  readonly #slots = new Map<string, Slot>()
  readonly #loading = new Map<string, Promise<Slot>>()
  /** Loads run one after another, so that each knows how much memory is left. */
  #queue: Promise<unknown> = Promise.resolve()
  #clock = 0

  constructor(options: ProblemStoreOptions) {
    this.#options = options
  }

  /** Bytes of all problems in memory. */
  get memoryBytes(): number {
    return [...this.#slots.values()].reduce((sum, { problem }) => sum + problem.memoryBytes, 0)
  }

  /**
   * @param paths absolute paths of the document's files, checked by the caller
   * @returns the problem, loaded or shared with other leases of equal data
   * @throws BidualError as the readers and steps say; `too-large`, before it is loaded, when it would not fit beside
   *   the problems that are in use
   */
  async acquire(document: ConcreteDocument, paths: DataPaths): Promise<Lease> {
    const key = JSON.stringify([dataKey(document), paths])
    const slot = this.#slots.get(key) ?? (await this.#load(key, document, paths))
    slot.leases++
    slot.used = ++this.#clock
    let held = true
    const release = () => {
      if (held) slot.leases--
      held = false
    }
    return { problem: slot.problem, release }
  }

  #load(key: string, document: ConcreteDocument, paths: DataPaths): Promise<Slot> {
    const loading = this.#loading.get(key)
    if (loading) return loading
    const loaded = this.#queue.then(() => this.#prepare(key, document, paths))
    this.#queue = loaded.catch(() => undefined)
    this.#loading.set(key, loaded)
    return loaded.finally(() => this.#loading.delete(key))
  }

  async #prepare(key: string, document: ConcreteDocument, paths: DataPaths): Promise<Slot> {
    const prepared = await this.#prepareInside(document, paths)
    const slot: Slot = {
      problem: { ...prepared, memoryBytes: sharedBytes(prepared.data) },
      leases: 0,
      used: ++this.#clock,
    }
    this.#makeRoom(slot.problem.memoryBytes)
    this.#slots.set(key, slot)
    this.#options.onChange?.()
    return slot
  }

  /** Idle problems make room only when the new one does not fit beside them. */
  async #prepareInside(document: ConcreteDocument, paths: DataPaths): Promise<PreparedResult> {
    const prepare = () => {
      const memoryLimit = this.#options.memoryLimit() - this.memoryBytes
      return this.#options.threads.start('prepare', { document, paths, memoryLimit }).done
    }
    try {
      return await prepare()
    } catch (error) {
      const full = error instanceof BidualError && error.code === 'too-large'
      if (!full || !this.#evictIdle()) throw error
      return prepare()
    }
  }

  /** @returns whether there was any */
  #evictIdle(): boolean {
    const idle = [...this.#slots].filter(([, { leases }]) => leases === 0)
    for (const [key] of idle) this.#slots.delete(key)
    if (idle.length > 0) this.#options.onChange?.()
    return idle.length > 0
  }

  /** Drops idle problems, the least recently used first, until `bytes` more fit. */
  #makeRoom(bytes: number): void {
    const limit = this.#options.memoryLimit()
    const idle = [...this.#slots]
      .filter(([, { leases }]) => leases === 0)
      .sort(([, a], [, b]) => a.used - b.used)
    for (const [key] of idle) {
      if (this.memoryBytes + bytes <= limit) return
      this.#slots.delete(key)
    }
    if (this.memoryBytes + bytes <= limit) return
    throw new BidualError(
      'too-large',
      `The data need ${formatBytes(bytes)} beside ${formatBytes(this.memoryBytes)} in use; ${formatBytes(limit)} are ` +
        'allowed. Use fewer rows or columns, wait for other runs, or raise the memory limit in the settings.',
    )
  }
}
