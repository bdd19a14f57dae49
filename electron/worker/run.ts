/** The job `run`: one method on shared data. */
import { executeRun } from '../../core/experiments/runner.ts'
import type { RunOutput, RunUpdate } from '../../core/experiments/runner.ts'
import { spawnTeamMember } from './kernel-team.ts'
import type { Jobs } from './messages.ts'
import { postProgress } from './progress.ts'
import { fromShared } from './shared-data.ts'
import { timedEngine } from './timed-engine.ts'

/** @param send posts progress; the last update of the run is always among what is sent */
export async function runJob(
  { data, spec, cancelled, helpers }: Jobs['run']['input'],
  send: (updates: RunUpdate[]) => void,
): Promise<RunOutput> {
  const flag = new Int32Array(cancelled)
  const allowed = new Int32Array(helpers)
  timedEngine().invite(spawnTeamMember, () => Atomics.load(allowed, 0))
  const progress = postProgress(send, () => performance.now())
  const run = executeRun(fromShared(data), spec, {
    now: () => performance.now() / 1000,
    isCancelled: () => Atomics.load(flag, 0) !== 0,
  })
  let step = await run.next()
  while (!step.done) {
    progress.add(step.value)
    step = await run.next()
  }
  progress.end()
  return step.value
}

/** Buffers that can be handed over instead of copied. */
export function transferables({ network, arrays, state }: RunOutput): ArrayBuffer[] {
  const all = [network?.arrays ?? {}, arrays, state].flatMap((named) => Object.values(named))
  const buffers = all.map(({ data }) => data.buffer).filter((buffer) => buffer instanceof ArrayBuffer)
  return [...new Set(buffers)]
}
