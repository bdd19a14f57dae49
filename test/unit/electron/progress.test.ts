import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunUpdate } from '../../../core/experiments/runner.ts'
import { throttle } from '../../../electron/services/throttle.ts'
import { postProgress } from '../../../electron/worker/progress.ts'

describe('pushes', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('come at once, then at most once an interval, and always with the last state', () => {
    const pushed: number[] = []
    let state = 0
    const pushes = throttle(() => pushed.push(state), 100)
    for (state = 1; state <= 25; state++) {
      pushes.touch()
      vi.advanceTimersByTime(10)
    }
    state = 99
    vi.advanceTimersByTime(1000)
    expect(pushed).toEqual([1, 10, 20, 99])
    pushes.touch()
    expect(pushed.at(-1)).toBe(99)
    expect(pushed).toHaveLength(5)
  })

  it('that wait are made when everything ends', () => {
    const push = vi.fn()
    const pushes = throttle(push, 100)
    pushes.touch()
    pushes.touch()
    pushes.flush()
    vi.advanceTimersByTime(1000)
    expect(push).toHaveBeenCalledTimes(2)
  })
})

describe('progress that leaves a thread', () => {
  const update = (iteration: number): RunUpdate => ({
    point: { iteration, seconds: iteration / 1000 },
    fraction: null,
    phase: null,
  })

  /** @returns iterations as they were sent, message by message */
  function send(count: number, msPerIteration: number): number[][] {
    const messages: number[][] = []
    let now = 0
    const progress = postProgress(
      (updates) => messages.push(updates.map(({ point }) => point.iteration)),
      () => now,
    )
    for (let i = 1; i <= count; i++) {
      progress.add(update(i))
      now += msPerIteration
    }
    progress.end()
    return messages
  }

  it('is complete for short runs, in few messages', () => {
    const messages = send(400, 1)
    expect(messages.flat()).toEqual(Array.from({ length: 400 }, (_, i) => i + 1))
    expect(messages.length).toBeLessThanOrEqual(11)
  })

  it('is thinned for long ones, and ends with the last iteration', () => {
    const sent = send(1_000_000, 0.5).flat()
    expect(sent.length).toBeLessThan(5000)
    expect(sent.at(-1)).toBe(1_000_000)
    expect(sent).toEqual([...sent].sort((a, b) => a - b))
  })
})
