import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS, NETWORK_SCHEMAS, type FamilyId } from '../../../core/experiments/document.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { columnNorms, multiply } from '../../../core/linalg/products.ts'
import { objective } from '../../../core/networks/index.ts'
import { RowSpace, worthRotating } from '../../../core/training/row-space.ts'
import { train } from '../../../core/training/train.ts'
import { context, finish, gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'
import { maxDifference } from '../networks/fixtures.ts'

describe('the row space', () => {
  // The last two rows are equal: a rank below n changes nothing.
  const X = Matrix.fromRows([...Array(5).keys(), 4].map((i) => [...gaussian(6, 20, 1).row(i)]))
  const W1 = gaussian(20, 3, 2)
  const space = new RowSpace(X, W1)

  it('holds the data: responses and norms of columns stay, and W1 comes back', () => {
    expect([space.X.rows, space.X.cols, space.start.rows]).toEqual([6, 7, 7])
    expect(maxDifference(multiply(space.X, space.start).data, multiply(X, W1).data)).toBeLessThan(1e-13)
    expect(maxDifference(columnNorms(space.start), columnNorms(W1))).toBeLessThan(1e-13)
    expect(maxDifference(space.restore(space.start).data, W1.data)).toBeLessThan(1e-13)
  })

  it('turns gradient steps with decay into the same steps', () => {
    const D = gaussian(6, 3, 4)
    const step = (data: Matrix, W: Matrix): Matrix => {
      const g = multiply(data, D, { transposeA: true })
      return new Matrix(
        W.rows,
        W.cols,
        W.data.map((w, at) => 0.9 * w - 0.3 * g.data[at]),
      )
    }
    const moved = space.restore(step(space.X, space.start))
    expect(maxDifference(moved.data, step(X, W1).data)).toBeLessThan(1e-13)
  })
})

describe('training in it', () => {
  const [X, Y] = [gaussian(60, 700, 1), oneHot(60, 3, 1)]
  const settingsOf = (changes: object) =>
    METHOD_SCHEMAS.sgd.parse({ id: 'sgd', epochs: 30, learningRate: 0.003, batchSize: 20, ...changes })
  const problemFor = (family: FamilyId) => {
    const network = NETWORK_SCHEMAS[family].parse({ family, width: 240 })
    const summary = problemOf(X, Y, 'one-hot').summary
    return { X, Y, test: null, network, loss: 'squared' as const, beta: 0.5, summary }
  }

  it('is chosen where it is exact and pays', () => {
    const problem = problemFor('relu')
    const chosen = (changes: object, work = 1e7) => worthRotating(problem, settingsOf(changes), work)
    expect(chosen({ precision: 'f32' })).toBe(true)
    expect(chosen({ precision: 'f32', optimizer: 'adam' })).toBe(false)
    expect(chosen({ precision: 'f32', epochs: 29 })).toBe(false)
    expect(chosen({})).toBe(false)
    expect(chosen({ precision: 'f32' }, 1e6)).toBe(false)
    const tall = { ...problem, X: gaussian(60, 70, 1) }
    expect(worthRotating(tall, settingsOf({ precision: 'f32' }), 1e7)).toBe(false)
  })

  it.each([
    ['relu', 'momentum'],
    ['relu-bias', 'nesterov'],
    ['bn-relu', 'gd'],
    ['linear', 'sgd'],
  ] as const)('%s by %s reaches what training in double on the data reaches', (family, optimizer) => {
    const problem = problemFor(family)
    const [single, double] = ['f32', 'f64'].map((precision) => {
      const { outcome, progress } = finish(runSgd(problem, settingsOf({ optimizer, precision }), context(1)))
      const { network } = outcome
      const value = objective(network!, X, Y, 'squared', 0.5)
      expect(network!.arrays.W1.shape).toEqual([700, 240])
      return { value, start: progress[0].objective!, W1: network!.arrays.W1.data }
    })
    expect(single.start / double.start).toBeCloseTo(1, 6)
    expect(single.value).toBeLessThan(0.95 * single.start)
    expect(single.value / double.value).toBeCloseTo(1, 4)
    expect(maxDifference(single.W1, double.W1)).toBeLessThan(1e-3)
  })

  it('goes on bit for bit from a saved state', () => {
    const settings = settingsOf({ precision: 'f32' })
    const run = (stop: (epoch: number) => 'cancelled' | null, from: Parameters<typeof train>[3] = null) => {
      const running = train(problemFor('relu'), settings, context(1, stop), from)
      let step = running.next()
      while (!step.done) step = running.next()
      return step.value
    }
    const first = run((epoch) => (epoch === 7 ? 'cancelled' : null))
    expect(run(() => null, first.state).state).toEqual(run(() => null).state)
  })
})
