import { describe, expect, it, vi } from 'vitest'
import { concreteDocumentSchema } from '../../../core/experiments/document.ts'
import type { ConcreteDocument } from '../../../core/experiments/document.ts'
import { ProblemStore } from '../../../electron/services/problem-store.ts'
import { Threads } from '../../../electron/services/threads.ts'
import { bundledWorker } from '../../support/bundles.ts'
import { SMALL_DOCUMENT } from '../../support/machine.ts'

/** 20 rows, two features and one output: 480 bytes; its seed makes it another one. */
const BYTES = 480
const documentOf = (seed: number, change: object = {}): ConcreteDocument =>
  concreteDocumentSchema.parse({
    ...SMALL_DOCUMENT,
    ...change,
    dataset: { ...SMALL_DOCUMENT.dataset, seed },
  })

async function openStore(limit: number): Promise<{ store: ProblemStore; start: ReturnType<typeof vi.fn> }> {
  const threads = new Threads(2, await bundledWorker())
  const start = vi.spyOn(threads, 'start')
  return { store: new ProblemStore({ threads, memoryLimit: () => limit }), start }
}

describe('problems in shared memory', () => {
  it('are loaded once for all runs with the same data, at the same time or later', async () => {
    const { store, start } = await openStore(1e6)
    const [first, second] = await Promise.all([
      store.acquire(documentOf(1), {}),
      store.acquire(documentOf(1, { beta: 7, methods: [{ id: 'convex' }] }), {}),
    ])
    const third = await store.acquire(documentOf(1), {})
    expect(start).toHaveBeenCalledTimes(1)
    expect(second.problem.data.X.data.buffer).toBe(first.problem.data.X.data.buffer)
    expect(third.problem).toBe(first.problem)
    expect(first.problem.data.X.data.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(store.memoryBytes).toBe(BYTES)
  })

  it('that are idle make room; those in use stay, and what does not fit beside them is refused', async () => {
    const { store, start } = await openStore(2 * BYTES)
    const first = await store.acquire(documentOf(1), {})
    const second = await store.acquire(documentOf(2), {})
    await expect(store.acquire(documentOf(3), {})).rejects.toMatchObject({ code: 'too-large' })
    second.release()
    second.release()
    const third = await store.acquire(documentOf(3), {})
    expect(store.memoryBytes).toBe(2 * BYTES)
    const again = await store.acquire(documentOf(1), {})
    expect(again.problem).toBe(first.problem)
    const loads = start.mock.calls.length
    third.release()
    await store.acquire(documentOf(2), {})
    expect(start.mock.calls.length).toBeGreaterThan(loads)
  })

  it('that would never fit are refused, and may be asked for again', async () => {
    const { store } = await openStore(BYTES - 1)
    for (let i = 0; i < 2; i++) {
      await expect(store.acquire(documentOf(1), {})).rejects.toMatchObject({ code: 'too-large' })
    }
    expect(store.memoryBytes).toBe(0)
  })
})
