/** Runs of the command line: the same queue as the window's, without a workspace. */
import { join, resolve } from 'node:path'
import { BidualError } from '../../../core/errors.ts'
import type { RunSpec } from '../../../core/experiments/problem.ts'
import type { ProblemSummary, RunRecord } from '../../../core/experiments/result.ts'
import type { RunState } from '../../../core/protocol.ts'
import { Disk } from '../../services/disk.ts'
import { availableMemory } from '../../services/memory.ts'
import { ProblemStore } from '../../services/problem-store.ts'
import { runFiles } from '../../services/run-files.ts'
import { RunSession } from '../../services/run-session.ts'
import { Threads } from '../../services/threads.ts'
import type { DataPaths } from '../../worker/messages.ts'
import { progressLine, runLine } from './runs-report.ts'
import type { Terminal } from './terminal.ts'

/** Without a window beside it, a run may use most of the memory. */
const MEMORY_SHARE = 0.75
/** The session keeps runs by experiment; here there is one. */
const EXPERIMENT = 'experiment'

export interface PerformOptions {
  specs: RunSpec[]
  paths: DataPaths
  /** Runs at a time. */
  jobs: number
  /** Folder for one folder a run. */
  out: string | undefined
  terminal: Terminal
}

/**
 * Ctrl+C cancels all runs, which keep their best iterates; a second one ends the process.
 *
 * @returns records in the order of `specs`
 * @throws BidualError when the data cannot be prepared, or are not those of a run that is to go on: before anything is run
 */
export async function performRuns(
  options: PerformOptions,
): Promise<{ records: RunRecord[]; data: ProblemSummary }> {
  const { specs, paths, jobs, terminal } = options
  const threads = new Threads(1)
  const problems = new ProblemStore({ threads, memoryLimit: () => MEMORY_SHARE * availableMemory() })
  const lease = await problems.acquire(specs[0].document, paths)
  const watch = watchRuns(specs.length, terminal)
  const session = new RunSession({
    problems,
    slots: () => jobs,
    push: watch.push,
    onQueueChange: () => undefined,
    store: (_, run) => writeRun(options.out, run),
  })
  const onInterrupt = () => session.cancelAll()
  process.once('SIGINT', onInterrupt)
  try {
    refuseOtherData(specs, lease.problem.data.summary)
    session.start(EXPERIMENT, specs, paths)
    await watch.done
  } finally {
    process.removeListener('SIGINT', onInterrupt)
    lease.release()
  }
  return { records: session.snapshot().map(({ record }) => record!), data: lease.problem.data.summary }
}

async function writeRun(out: string | undefined, run: Parameters<typeof runFiles>[0]): Promise<null> {
  if (out !== undefined) await new Disk().writeFolder(join(resolve(out), 'runs', run.spec.key), runFiles(run))
  return null
}

/** Earlier results of other data have no place in one result document with new ones: nothing is run. */
function refuseOtherData(specs: readonly RunSpec[], { sha256 }: ProblemSummary): void {
  const other = specs.find(({ resume }) => resume && resume.sha256 !== sha256)
  if (!other) return
  const what = `The data have changed since "${other.label}" was stopped: run without --resume to start it anew.`
  throw new BidualError('conflict', what)
}

/** Shows progress: one changing line on a terminal, a line an end elsewhere. */
function watchRuns(
  total: number,
  terminal: Terminal,
): { push: (states: RunState[]) => void; done: Promise<null> } {
  const { promise, resolve: finish } = Promise.withResolvers<null>()
  const known = new Map<string, RunState>()
  const announced = new Set<string>()
  const push = (states: RunState[]) => {
    for (const state of states) {
      known.set(state.key, state)
      if (state.record === null || announced.has(state.key)) continue
      announced.add(state.key)
      terminal.complain(runLine(state.record))
    }
    const all = announced.size === total
    terminal.progress?.(all ? null : progressLine([...known.values()]))
    if (all) finish(null)
  }
  return { push, done: promise }
}
