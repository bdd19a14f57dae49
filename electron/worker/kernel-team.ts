import { Worker } from 'node:worker_threads'
import { serveTeam, type TeamMember, type TeamSetup } from '../../core/kernels/team.ts'

/**
 * Starts a thread that helps the kernels of the calling thread (see `Engine.hire`).
 *
 * The thread runs the text of `serveTeam` itself, so that it needs no file of its own, bundled or not. It does
 * not keep the process alive, and it ends with the thread that started it.
 */
export function spawnTeamMember(setup: TeamSetup): TeamMember {
  const source = `(${serveTeam.toString()})(require('node:worker_threads').workerData)`
  const worker = new Worker(source, { eval: true, workerData: setup, name: 'kernels' })
  worker.unref()
  return { stop: () => void worker.terminate() }
}
