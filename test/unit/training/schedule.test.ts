import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS, type SettingsOf } from '../../../core/experiments/document.ts'
import { LearningRate } from '../../../core/training/schedule.ts'

type Schedule = SettingsOf<'sgd'>['schedule']

const settings = (schedule: object | null): Schedule =>
  METHOD_SCHEMAS.sgd.parse({ id: 'sgd', schedule }).schedule

/** Learning rates of the epochs, and what the objective is at the start of each. */
function rates(schedule: object | null, objectives: number[], warmup = 0): number[] {
  const rate = new LearningRate(8, settings(schedule), { epochs: objectives.length, warmup })
  return objectives.map((objective, epoch) => {
    rate.begin(epoch)
    rate.observe(epoch, objective)
    return rate.value
  })
}

const flat = (epochs: number): number[] => Array<number>(epochs).fill(1)

describe('learning rate', () => {
  it('is constant without a schedule', () => {
    expect(rates(null, flat(3))).toEqual([8, 8, 8])
  })

  it('falls on plateaus, as documents without a kind say', () => {
    const old = { factor: 0.5, patience: 2 }
    expect(rates(old, flat(6))).toEqual([8, 8, 4, 4, 2, 2])
    expect(rates({ kind: 'plateau', ...old }, flat(6))).toEqual([8, 8, 4, 4, 2, 2])
    expect(rates(old, [6, 5, 4, 3, 2, 1])).toEqual([8, 8, 8, 8, 8, 8])
    // An improvement of less than 1e-4 is none.
    expect(rates(old, [6, 5, 4.9999, 4.9998])).toEqual([8, 8, 8, 4])
  })

  it('falls in steps', () => {
    expect(rates({ kind: 'step', every: 2, factor: 0.25 }, flat(5))).toEqual([8, 8, 2, 2, 0.5])
  })

  it('follows half a cosine to 0 at the end', () => {
    const values = rates({ kind: 'cosine' }, flat(4))
    const expected = [8, 4 + 4 * Math.SQRT1_2, 4, 4 - 4 * Math.SQRT1_2]
    values.forEach((value, epoch) => expect(value).toBeCloseTo(expected[epoch], 14))
  })

  it('grows over the epochs of the warm-up, beside any schedule', () => {
    expect(rates(null, flat(5), 3)).toEqual([2, 4, 6, 8, 8])
    expect(rates({ kind: 'step', every: 2, factor: 0.5 }, flat(4), 1)).toEqual([4, 8, 4, 4])
  })
})
