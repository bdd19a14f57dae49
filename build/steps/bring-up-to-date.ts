import { join } from 'node:path'
import { withLock } from '../setup/lock.mjs'
import { root } from './root.ts'
import { isStale, rebuild, type Target } from './staleness.ts'

/** Shows a duration with as many digits as it deserves: `0.4 s`, `12 s`. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 1 : 0)} s`
}

/**
 * Builds the stale ones among the given targets, one after another, while no other process of this checkout does.
 *
 * @param wanted - Targets, those first that others need.
 * @param log - Hears one line for each target that was built.
 * @throws Whatever a build throws.
 */
export async function bringUpToDate(wanted: readonly Target[], log: (line: string) => void): Promise<void> {
  if (!wanted.some((target) => isStale(root, target))) return
  await withLock(join(root, '.cache', 'build.lock'), async () => {
    for (const target of wanted.filter((candidate) => isStale(root, candidate))) {
      const start = performance.now()
      await rebuild(root, target)
      log(`Built ${target.name} in ${seconds(performance.now() - start)}.`)
    }
  })
}
