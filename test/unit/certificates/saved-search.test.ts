import { describe, expect, it } from 'vitest'
import { RhoSearch, type RhoProblem } from '../../../core/certificates/branch-and-bound.ts'
import { networkBound } from '../../../core/certificates/network-bound.ts'
import type { NamedArrays } from '../../../core/experiments/problem.ts'
import { readNpz, writeNpz } from '../../../core/export/npz.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { stream } from '../../../core/random/index.ts'

const MOST = 2 ** 20
const settings = { floor: 0, epsilon: 1e-3 }

function gaussian(n: number, r: number, outputs: number, seed = 5): RhoProblem {
  const source = stream(seed)
  const matrix = (rows: number, cols: number) => new Matrix(rows, cols, source.normals(rows * cols))
  return { A: matrix(n, r), V: matrix(n, outputs) }
}

/** As a run's folder keeps it. */
const stored = (arrays: NamedArrays) => readNpz(writeNpz(arrays))

const figures = (search: RhoSearch) => {
  const { upper, lower, cones, open, bytes, best } = search
  return { upper, lower, cones, open, bytes, best }
}

describe.each([1, 3])('a search with %i outputs, saved and taken up again', (outputs) => {
  const problem = gaussian(40, 4, outputs)

  it.each([0, 100, 1017, 3001])('is after %i cones the search that it would have been', (stop) => {
    const whole = new RhoSearch(problem, settings)
    whole.run({ maxCones: 4000 })
    const first = new RhoSearch(problem, settings)
    first.run({ maxCones: stop })
    const rest = new RhoSearch(problem, { ...settings, from: stored(first.save(MOST)!) })
    expect(figures(rest)).toEqual(figures(first))
    rest.run({ maxCones: 4000 })
    expect(figures(rest)).toEqual(figures(whole))
  })

  it('keeps its order where the memory is short', () => {
    const problem = gaussian(80, 6, outputs)
    const short = { ...settings, memory: 1e5 }
    const whole = new RhoSearch(problem, short)
    whole.run({ maxCones: 3000 })
    const free = new RhoSearch(problem, settings)
    free.run({ maxCones: 3000 })
    expect(figures(whole)).not.toEqual(figures(free))
    const first = new RhoSearch(problem, short)
    first.run({ maxCones: 1000 })
    const rest = new RhoSearch(problem, { ...short, from: stored(first.save(MOST)!) })
    rest.run({ maxCones: 3000 })
    expect(figures(rest)).toEqual(figures(whole))
  })

  it('ends where it was over', () => {
    const search = new RhoSearch(problem, { floor: 0, epsilon: 0.5 })
    search.run()
    const again = new RhoSearch(problem, { floor: 0, epsilon: 0.5, from: search.save(MOST)! })
    again.run()
    expect(again.done).toBe(true)
    expect(figures(again)).toEqual(figures(search))
  })

  it('is not saved when it is larger than asked for', () => {
    const search = new RhoSearch(problem, settings)
    search.run({ maxCones: 1000 })
    expect(search.save(100)).toBeNull()
  })
})

describe('what is no search of the problem is refused', () => {
  const problem = gaussian(40, 4, 1)
  const search = new RhoSearch(problem, settings)
  search.run({ maxCones: 500 })
  const saved = search.save(MOST)!
  const goOn = (from: NamedArrays, other: Partial<RhoProblem> = {}, epsilon = settings.epsilon) =>
    new RhoSearch({ ...problem, ...other }, { ...settings, epsilon, from })

  it('another dual vector, other data, another precision', () => {
    const { A, V } = gaussian(40, 4, 1, 6)
    expect(() => goOn(saved, { V })).toThrow(/of another problem/)
    expect(() => goOn(saved, { A })).toThrow(/of another problem/)
    expect(() => goOn(saved, {}, 1e-2)).toThrow(/of another problem/)
  })

  it.each(Object.keys(saved))('a changed, a shorter and a missing %s', (name) => {
    const array = saved[name]
    const changed = array.data.slice()
    changed[Math.floor(changed.length / 2)] += 1
    const shorter = array.data.slice(0, -1)
    for (const data of [changed, shorter]) {
      expect(() => goOn({ ...saved, [name]: { shape: [data.length], data } })).toThrow(/damaged/)
    }
    const { [name]: _, ...rest } = saved
    expect(() => goOn(rest)).toThrow(/damaged/)
  })
})

describe('networkBound', () => {
  const { A, V } = gaussian(80, 6, 1)
  const problem = { A, V, Y: V, loss: LOSSES.squared, beta: 1e-3 }

  it('goes on within the cones it was given, and gets as many again when they are used up', () => {
    const each = { epsilon: 1e-3, maxCones: 2000 }
    let calls = 0
    const halted = networkBound(problem, { ...each, halt: () => calls++ >= 5 })
    expect(halted.cones).toBeLessThan(2000)
    const once = networkBound(problem, { ...each, from: halted.open!.save(MOST)! })
    const whole = networkBound(problem, each)
    expect([once.cones, once.lowerBound]).toEqual([whole.cones, whole.lowerBound])
    const twice = networkBound(problem, { ...each, from: once.open!.save(MOST)! })
    const double = networkBound(problem, { ...each, maxCones: 4000 })
    expect([twice.cones, twice.lowerBound]).toEqual([double.cones, double.lowerBound])
    expect(twice.lowerBound).toBeGreaterThanOrEqual(once.lowerBound)
  })
})
