import { describe, expect, it } from 'vitest'
import { SCALAR_LOSSES } from './fixtures.ts'
import {
  checkDegenerate,
  checkInterpolation,
  checkOptimum,
  expectSameObjective,
  overAllCells,
  overSample,
  problemOf,
  solvedTo,
} from './families.ts'

/** ADMM is slow where the hinge loss has few rows. */
const ROWS = { squared: 4, hinge: 5, logistic: 4 }

describe.each(SCALAR_LOSSES)('conv-bn over all cells of two filter weights, %s loss', (loss) => {
  const of = (n: number) => overAllCells(problemOf({ family: 'conv-bn', filter: 2 }, loss, 0.2, { n, d: 3 }))
  checkOptimum(of(ROWS[loss]), of(3))
})

describe('the equality loss over all cells of conv-bn', () => {
  checkInterpolation(overAllCells(problemOf({ family: 'conv-bn', filter: 2 }, 'equality', 1, { n: 5, d: 3 })))
})

describe('degenerate data of conv-bn', () => {
  checkDegenerate({ family: 'conv-bn', filter: 2, padding: 1 })
})

describe('conv-bn', () => {
  it('is bn-relu when the filter is the whole row', () => {
    const shape = { n: 9, d: 2 }
    const whole = overAllCells(problemOf({ family: 'conv-bn', filter: 2 }, 'squared', 0.1, shape))
    const plain = overAllCells(problemOf({ family: 'bn-relu' }, 'squared', 0.1, shape))
    const [a, b] = [solvedTo(whole.program, 1e-10), solvedTo(plain.program, 1e-10)]
    expect(whole.dictionary.count).toBe(plain.dictionary.count)
    expect(Math.abs(a.primal - b.primal)).toBeLessThanOrEqual(1e-9 * b.primal)
  })

  it.each([
    ['a stride and padding', { filter: 3, stride: 2, padding: 1 }, 7],
    ['filters of an image', { filter: [2, 2] as [number, number] }, 9],
  ])('recovers networks with %s from sampled cells', (_, network, d) => {
    const problem = problemOf({ family: 'conv-bn', ...network }, 'squared', 0.1, { n: 8, d })
    const image = d === 9 ? { height: 3, width: 3, channels: 1 } : null
    const one = overSample({ ...problem, summary: { ...problem.summary, image } }, 60)
    expect(one.dictionary.rows).toBe(8)
    expectSameObjective(one, solvedTo(one.program, 1e-8))
  })

  it('restores the same dictionary from what it exports', () => {
    const { family, dictionary, program, problem } = overSample(
      problemOf({ family: 'conv-bn', filter: 2 }, 'squared', 0.1, { n: 6, d: 4 }),
      25,
    )
    const restored = family.restore(family.arrays(dictionary), false)
    expect(restored.count).toBe(dictionary.count)
    const again = { ...program, dictionary: restored }
    expect(solvedTo(again, 1e-9).primal).toBeCloseTo(solvedTo(program, 1e-9).primal, 9)
    expect(problem.X.rows).toBe(restored.rows)
  })
})
