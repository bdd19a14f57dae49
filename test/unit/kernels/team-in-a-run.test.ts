import { afterAll, describe, expect, it, vi } from 'vitest'
import { expandDocument } from '../../../core/experiments/expand.ts'
import { engine } from '../../../core/kernels/engine.ts'
import { LiveRun } from '../../../electron/services/live-run.ts'
import type { ProblemStore } from '../../../electron/services/problem-store.ts'
import { RunQueue } from '../../../electron/services/run-queue.ts'
import { prepareJob } from '../../../electron/worker/prepare.ts'
import { runJob } from '../../../electron/worker/run.ts'

const document = {
  version: 1,
  name: 'Team',
  dataset: { generator: 'planted', n: 700, d: 150, neurons: 2 },
  network: { family: 'relu', width: 5 },
  loss: 'squared',
  beta: 0.1,
  methods: [{ id: 'least-squares' }],
}

afterAll(() => {
  engine().dismiss()
})

describe('helping threads in a run', () => {
  it('change no bit of its result', async () => {
    const [spec] = expandDocument(document)
    const { data } = await prepareJob({ document: spec.document, paths: {}, memoryLimit: 1e9 })
    const weights = async (helpers: number) => {
      const allowed = new SharedArrayBuffer(4)
      new Int32Array(allowed)[0] = helpers
      const input = { data, spec, cancelled: new SharedArrayBuffer(4), helpers: allowed }
      const { record, network } = await runJob(input, () => undefined)
      expect(record.status).toBe('solved')
      return network!.arrays['W1'].data
    }
    const alone = await weights(0)
    expect(engine().threads).toBe(1)
    const together = await weights(1)
    expect(engine().threads).toBe(2)
    // Now that the helper is surely up.
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(together).toEqual(alone)
    expect(await weights(1)).toEqual(alone)
  })

  it('are for the run that is alone, as long as it is', async () => {
    const problem = { data: {} }
    const queue = new RunQueue({
      problems: {
        acquire: () => Promise.resolve({ problem, release: () => undefined }),
      } as unknown as ProblemStore,
      slots: () => 2,
      onChange: () => undefined,
      onOutput: (_, { record }) => Promise.resolve(record),
      runWorker: new URL('../../support/workers/crew.ts', import.meta.url),
      helpers: 3,
    })
    const [spec] = expandDocument(document)
    const [first, second] = [new LiveRun('e', spec, {}), new LiveRun('e', spec, {})]
    const says = (run: LiveRun, helpers: number) =>
      vi.waitFor(
        () => {
          expect(run.phase).toBe(`${helpers} helpers`)
        },
        { timeout: 10_000, interval: 5 },
      )
    queue.add([first])
    await says(first, 3)
    queue.add([second])
    await says(first, 0)
    await says(second, 0)
    queue.cancel(first)
    await says(second, 3)
    queue.cancel(second)
    await vi.waitFor(() => {
      expect(queue.running).toBe(0)
    })
  })
})
