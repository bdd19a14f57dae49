/** Keeping track of runs from a snapshot and pushes. Applying a push twice, or late, changes nothing. */
import type { RunState } from '../../core/protocol.ts'
import type { HistoryPoint } from '../../core/experiments/result.ts'

/** A run as last heard of, with its whole history. */
export interface TrackedRun extends Omit<RunState, 'points' | 'from'> {
  history: readonly HistoryPoint[]
  /** A push was missed: the history has a hole at its end until it is fetched again. */
  incomplete: boolean
}

const ORDER = { queued: 0, running: 1, finished: 2 } as const

/** Runs are known by experiment and key. */
export const runId = ({ experimentId, key }: Pick<RunState, 'experimentId' | 'key'>) =>
  `${experimentId}/${key}`

/** Put `points` at index `from`: what is there already is replaced by itself, what follows is kept. */
function spliceHistory(
  history: readonly HistoryPoint[],
  { from, points }: RunState,
): readonly HistoryPoint[] {
  if (points.length === 0) return history
  // Appending in place is what keeps long histories cheap; the array belongs to this module alone.
  const target = history as HistoryPoint[]
  points.forEach((point, i) => (target[from + i] = point))
  return target
}

function fresh({ points, from, ...state }: RunState): TrackedRun {
  return from === 0
    ? { ...state, history: [...points], incomplete: false }
    : { ...state, history: [], incomplete: true }
}

/**
 * A run that starts anew under its old key, or whose whole history comes with its end: it ended at once, or was to go on
 * from an earlier part that is all that is left.
 */
const restarts = (before: TrackedRun, push: RunState) =>
  push.from === 0 && (push.state === 'finished' ? push.points.length > 0 : before.state === 'finished')

/**
 * One push applied to what is known of its run.
 *
 * @returns the run's new row; the old row itself when the push is stale
 */
export function applyPush(before: TrackedRun | undefined, push: RunState): TrackedRun {
  if (!before || restarts(before, push)) return fresh(push)
  if (ORDER[push.state] < ORDER[before.state]) return before
  const { points: _points, from, ...state } = push
  if (from > before.history.length) return { ...state, history: before.history, incomplete: true }
  const late = from + push.points.length < before.history.length && push.state === before.state
  const history = spliceHistory(before.history, push)
  return late ? { ...before, history } : { ...state, history, incomplete: before.incomplete }
}

/**
 * Replace everything by a snapshot, then apply pushes that came in while it was on its way. Of those, pushes that
 * were sent before the snapshot was taken must not undo what it says.
 */
export function applySnapshot(
  snapshot: readonly RunState[],
  early: readonly RunState[],
): Map<string, TrackedRun> {
  const runs = new Map(snapshot.map((state) => [runId(state), fresh(state)]))
  for (const push of early) {
    const before = runs.get(runId(push))
    if (before && ORDER[push.state] < ORDER[before.state]) continue
    runs.set(runId(push), applyPush(before, push))
  }
  return runs
}
