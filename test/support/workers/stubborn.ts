/** A worker thread that never looks at the cancel flag: it reports progress once, then computes for ever. */
import { parentPort } from 'node:worker_threads'

parentPort!.postMessage({
  type: 'progress',
  updates: [{ point: { iteration: 1, seconds: 0, objective: 1 }, fraction: null, phase: 'spinning' }],
})
for (let spins = 0; ; spins++) if (spins < 0) break
