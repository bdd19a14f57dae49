import { describe, expect, it } from 'vitest'
import type { RunMeasures, StepMeasures } from '../../../../core/experiments/result.ts'
import {
  convergenceModel,
  quantityTitle,
  type ConvergenceView,
} from '../../../../renderer/charts/convergence.ts'
import { knownMeasures } from '../../../../renderer/charts/measures.ts'
import { groupRuns } from '../../../../renderer/charts/run-groups.ts'
import { formatGap } from '../../../../renderer/composables/format.ts'
import { measureRows } from '../../../../renderer/views/experiment/results/measure-rows.ts'
import { point, runRecord, tracedRun } from './support.ts'

const step = (rank: number, accuracy: number | null = 0.5): StepMeasures => ({
  ranks: [rank, 1],
  stableRanks: [rank / 2, 1],
  operatorNorms: [3, 2],
  frobeniusNorms: [4, 2],
  alignments: [0.7],
  neurons: 5,
  train: { loss: 1, accuracy },
  test: null,
  similarities: { directions: [0, 3, 5], cosines: [1, 0.5, null] },
})
const layer = (rank: number): RunMeasures['layers'][number] => ({
  rows: 4,
  cols: 3,
  rank,
  stableRank: 1.5,
  operatorNorm: 2,
  frobeniusNorm: 2.5,
  singularValues: [2, 1.5],
})
const END: RunMeasures = {
  tolerance: 1e-6,
  layers: [layer(2), layer(1)],
  alignments: [0.9],
  patterns: { found: 3, bound: 12 },
  projections: null,
  collapse: null,
}
const VIEW: ConvergenceView = { axis: 'iterations', quantity: 'ranks', xKind: 'linear', yKind: 'linear' }

const trained = tracedRun({
  key: 'sgd',
  method: 'sgd',
  label: 'SGD',
  state: 'finished',
  history: [{ ...point(0, 9), measures: step(3) }, point(1, 8), { ...point(2, 7), measures: step(2) }],
  record: runRecord({ key: 'sgd', method: 'sgd', label: 'SGD', objective: 7, measures: END }),
})
const convex = tracedRun({ state: 'finished', record: runRecord({ measures: END }) })

describe('curves of measures', () => {
  it('have a line a layer: recorded steps while training, one value for what has none', () => {
    const { series, bounds } = convergenceModel(groupRuns([trained, convex]), VIEW)
    expect(bounds).toEqual([])
    expect(series.map(({ label }) => label)).toEqual([
      'SGD, rank W1',
      'SGD, rank W2',
      'SGD, stable rank W1',
      'Convex, rank W1',
      'Convex, rank W2',
      'Convex, stable rank W1',
      'Convex, stable rank W2',
    ])
    expect([series[0].xs, series[0].ys]).toEqual([
      [0, 2],
      [3, 2],
    ])
    expect([series[3].xs, series[3].ys]).toEqual([[20], [2]])
    expect(series[0].identity.token).toBe(series[1].identity.token)
    expect(series[0].identity.dash).not.toEqual(series[1].identity.dash)
    expect(series[0].identity.marker).not.toBe(series[2].identity.marker)
    expect(quantityTitle({ view: VIEW, reference: null })).toContain('Rank')
  })

  it('leave out what a run has not, and follow the first layer from its start', () => {
    const { series } = convergenceModel(groupRuns([trained]), { ...VIEW, quantity: 'start' })
    expect(series.map(({ label, ys }) => [label, ys])).toEqual([
      ['SGD, direction 1', [1, 1]],
      ['SGD, direction 4', [0.5, 0.5]],
    ])
  })

  it('put trials together as a band', () => {
    const second = { ...trained, key: 'sgd-2', trial: 1 }
    const { series } = convergenceModel(groupRuns([trained, second]), { ...VIEW, quantity: 'alignment' })
    expect(series).toHaveLength(1)
    expect(series[0].band!.count).toBe(2)
  })

  it('are offered where there is something to show', () => {
    expect(knownMeasures(groupRuns([trained]))).toEqual(['ranks', 'norms', 'alignment', 'start', 'score'])
    const bare = tracedRun({ state: 'finished', record: runRecord({ train: { loss: 1, accuracy: null } }) })
    expect(knownMeasures(groupRuns([bare]))).toEqual([])
  })
})

describe('measures in the details of a run', () => {
  it('say how many patterns there are and when the end was near', () => {
    const rows = measureRows(trained)
    expect(rows[0]).toMatchObject({ name: 'Patterns of its neurons', text: '3 of at most 12' })
    expect(rows.at(-1)).toMatchObject({ name: 'Seconds to within 1 % of its end', value: 0.2 })
  })

  it('say how a function of data on a line bends', () => {
    const kinks = [3, -1.5, 0, 1, 2, 4, 5].map((at) => ({ at, jump: 1, distance: 0 }))
    const spline = { deviation: 0.02, relativeDeviation: 0.01, jumpAtPoints: 0.975, kinks }
    const { record } = trained
    const rowsOf = (changes: object) =>
      measureRows({
        ...trained,
        record: { ...record!, measures: { ...record!.measures!, spline: { ...spline, ...changes } } },
      })
    expect(rowsOf({}).filter(({ name }) => /spline|Kinks|slope/.test(name))).toEqual([
      { name: 'Farthest from the linear spline', value: 0.02, text: `${formatGap(0.02)} (1 % of the range)` },
      { name: 'Kinks of the function', value: 7, text: '7 at 3, −1.5, 0, 1, 2, 4, …' },
      { name: 'Changes of slope at data points', value: 0.975, text: '97.5 %' },
    ])
    const line = rowsOf({ kinks: [], relativeDeviation: null })
    expect(line.find(({ name }) => name === 'Kinks of the function')!.text).toBe('0')
    expect(line.find(({ name }) => name.startsWith('Farthest'))!.text).toBe(formatGap(0.02))
  })
})
