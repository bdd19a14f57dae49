/** All runs that the window knows: the session's, kept up to date by pushes, and the workspace's stored ones. */
import { defineStore } from 'pinia'
import { ref, shallowRef, triggerRef } from 'vue'
import type { RunState, StoredRun } from '../../core/protocol.ts'
import type { HistoryPoint } from '../../core/experiments/result.ts'
import type { TracedRun } from '../charts/run-groups.ts'
import { useMachineStore } from './machine.ts'
import { applyPush, applySnapshot, runId } from './run-deltas.ts'
import type { TrackedRun } from './run-deltas.ts'

/** A stored run as charts and tables see it. */
function storedTrace(
  { experimentId, record, stale }: StoredRun,
  history: readonly HistoryPoint[],
): TracedRun {
  const { key, label, method, trial, status, seconds } = record
  const idle = { state: 'finished' as const, fraction: null, secondsLeft: null, phase: null, latest: null }
  return { experimentId, key, label, method, trial, status, seconds, ...idle, history, record, stale }
}

export const useRunsStore = defineStore('runs', () => {
  const machine = useMachineStore()
  const tracked = shallowRef(new Map<string, TrackedRun>())
  /** Histories of stored runs, fetched once. */
  const histories = shallowRef(new Map<string, readonly HistoryPoint[]>())
  const error = ref<unknown>(null)
  const pending = new Set<string>()
  let early: RunState[] | null = null
  let started = false

  function receive(pushes: readonly RunState[]): void {
    if (early) return void early.push(...pushes)
    for (const push of pushes) {
      const run = applyPush(tracked.value.get(runId(push)), push)
      tracked.value.set(runId(push), run)
      if (run.incomplete) void complete(run)
    }
    triggerRef(tracked)
  }

  /** Fetches the history of a run of which pushes were missed. */
  async function complete(run: TrackedRun): Promise<void> {
    const id = runId(run)
    if (pending.has(id)) return
    pending.add(id)
    try {
      const { experimentId, key } = run
      const history = await machine.request('getRunHistory', { experimentId, key })
      const now = tracked.value.get(id)
      if (now && history.length >= now.history.length)
        tracked.value.set(id, { ...now, history, incomplete: false })
      triggerRef(tracked)
    } finally {
      pending.delete(id)
    }
  }

  /** Everything anew; pushes that arrive meanwhile are applied afterwards. */
  async function refresh(): Promise<void> {
    early = []
    try {
      const snapshot = await machine.request('getRunSnapshot', {})
      tracked.value = applySnapshot(snapshot, early)
      error.value = null
    } catch (thrown) {
      error.value = thrown
    } finally {
      early = null
    }
  }

  /** Subscribe and take the first snapshot; later calls do nothing. */
  async function start(): Promise<void> {
    if (started) return
    started = true
    machine.on('runsChanged', receive)
    machine.onReconnect(() => void refresh())
    await refresh()
  }

  /** Fetches the history of a stored run, unless it is there or on its way. */
  async function loadHistory(experimentId: string, key: string): Promise<void> {
    const id = runId({ experimentId, key })
    if (histories.value.has(id) || pending.has(id)) return
    pending.add(id)
    try {
      histories.value.set(id, await machine.request('getRunHistory', { experimentId, key }))
      triggerRef(histories)
    } catch (thrown) {
      error.value = thrown
    } finally {
      pending.delete(id)
    }
  }

  /** A stored run is about to be replaced or was deleted: what was fetched of it no longer holds. */
  function forget(experimentId: string, key: string): void {
    tracked.value.delete(runId({ experimentId, key }))
    histories.value.delete(runId({ experimentId, key }))
    triggerRef(tracked)
    triggerRef(histories)
  }

  /** The session's runs of an experiment, in the order in which the machine told of them. */
  function session(experimentId: string): TracedRun[] {
    const runs = [...tracked.value.values()].filter((run) => run.experimentId === experimentId)
    return runs.map((run) => ({ ...run, stale: false }))
  }

  /** The session's runs, and stored ones that the session does not replace. */
  function traces(experimentId: string, stored: readonly StoredRun[]): TracedRun[] {
    const current = session(experimentId)
    const keys = new Set(current.map(({ key }) => key))
    const older = stored.filter(({ record }) => !keys.has(record.key))
    return [...older.map((run) => trace(run)), ...current]
  }

  function trace(run: StoredRun): TracedRun {
    const id = runId({ experimentId: run.experimentId, key: run.record.key })
    const live = tracked.value.get(id)
    return storedTrace(run, live?.history ?? histories.value.get(id) ?? [])
  }

  return { tracked, error, start, refresh, receive, loadHistory, forget, session, traces, trace }
})
