import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyPush, applySnapshot, runId } from '../../../../renderer/stores/run-deltas.ts'
import type { TrackedRun } from '../../../../renderer/stores/run-deltas.ts'
import type { RunState } from '../../../../core/protocol.ts'
import { point, runRecord, runState } from './support.ts'

const history = Array.from({ length: 30 }, (_, i) => point(i, 100 - i))

/** A run told in pushes of the given sizes, the last one with its record. */
function pushes(sizes: readonly number[]): RunState[] {
  const told: RunState[] = []
  let from = 0
  for (const size of sizes) {
    const points = history.slice(from, from + size)
    told.push(runState({ from, points, latest: points.at(-1) ?? null }))
    from += points.length
  }
  told.push(
    runState({ from, points: history.slice(from), state: 'finished', status: 'solved', record: runRecord() }),
  )
  return told
}
const follow = (told: readonly RunState[], start?: TrackedRun) =>
  told.reduce<TrackedRun | undefined>((run, push) => applyPush(run, push), start)!

describe('applyPush', () => {
  test('pushes in order give the whole history', () => {
    const run = follow(pushes([3, 0, 7]))
    expect(run.history).toEqual(history)
    expect(run).toMatchObject({ state: 'finished', status: 'solved', incomplete: false })
  })

  test('applying any push again at any later moment changes nothing', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (cut, which, when) => {
        const told = pushes(cut)
        const again = which % (told.length - 1)
        const moment = again + 1 + (when % (told.length - again - 1 || 1))
        const doubled = [...told.slice(0, moment), told[again], ...told.slice(moment)]
        expect(follow(doubled)).toEqual(follow(told))
      }),
    )
  })

  test('a hole marks the run incomplete and keeps what is known', () => {
    const [first, , last] = pushes([3, 7])
    const run = follow([first, last])
    expect(run.incomplete).toBe(true)
    expect(run.history).toEqual(history.slice(0, 3))
    expect(run.state).toBe('finished')
  })

  test('a run that starts anew under its key loses its old history', () => {
    const done = follow(pushes([10]))
    const queued = applyPush(done, runState({ state: 'queued', points: [], from: 0 }))
    expect(queued).toMatchObject({ state: 'queued', history: [], record: null })
    const short = runState({ state: 'finished', status: 'solved', points: [point(0, 5)], from: 0 })
    expect(applyPush(done, short).history).toEqual([point(0, 5)])
  })

  test('a run that was to go on and did not keeps the history of its earlier part', () => {
    const earlier = history.slice(0, 5)
    const queued = runState({ state: 'queued', points: earlier, from: 0 })
    const going = runState({ points: history.slice(5, 9), from: 5 })
    const back = runState({ state: 'finished', status: 'solved', points: earlier, from: 0 })
    expect(follow([queued, going, back]).history).toEqual(earlier)
    expect(follow([queued, going, back, back])).toEqual(follow([queued, back]))
  })
})

describe('applySnapshot', () => {
  test('a push sent before the snapshot was taken does not undo it', () => {
    const finished = { ...pushes([]).at(-1), points: history, from: 0 }
    const late = runState({ from: 2, points: history.slice(2, 4) })
    const runs = applySnapshot([finished], [late])
    expect(runs.get(runId(finished))).toMatchObject({ state: 'finished', history })
  })

  test('a push sent after the snapshot is applied to it', () => {
    const snapshot = runState({ points: history.slice(0, 5), from: 0 })
    const push = runState({ points: history.slice(5, 8), from: 5 })
    const run = applySnapshot([snapshot], [push]).get('e/convex')
    expect(run?.history).toEqual(history.slice(0, 8))
  })
})
