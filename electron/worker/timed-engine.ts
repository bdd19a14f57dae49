import { engine, type Engine } from '../../core/kernels/engine.ts'

/** The engine of this thread, which finds out by the clock which of its kernels are the faster ones here. */
export function timedEngine(): Engine {
  const host = engine()
  host.timeTiles(() => performance.now())
  return host
}
