import { describe, expect, test } from 'vitest'
import { firstConcrete } from '../../../../core/experiments/expand.ts'
import { convergenceModel } from '../../../../renderer/charts/convergence.ts'
import { groupRuns } from '../../../../renderer/charts/run-groups.ts'
import { comparisonWarning, documentOf } from '../../../../renderer/views/compare/problems.ts'
import { estimateSeconds } from '../../../../renderer/views/experiment/methods/estimate.ts'
import {
  cardTitle,
  methodCards,
  sortCards,
  unknownMethods,
} from '../../../../renderer/views/experiment/methods/method-list.ts'
import { figureOf, groupRow, trialRows } from '../../../../renderer/views/experiment/results/rows.ts'
import { resultDocument } from '../../export/fixtures.ts'
import { point, runRecord, sgdTrials, tracedRun } from './support.ts'

const DOCUMENT = {
  version: 1,
  name: 'Points',
  dataset: { generator: 'planted' },
  network: { family: 'relu' },
  loss: 'squared',
  beta: 0.1,
  methods: [{ id: 'sgd' }, { id: 'convex' }, { id: 'sgd', optimizer: 'adam' }, { id: 'sgd' }],
}

describe('rows', () => {
  test('a group shows mean, spread and count, and the certificate of its best trial', () => {
    const runs = sgdTrials([5, 6, 10]).map((run, i) => ({
      ...run,
      record: runRecord({
        objective: [5, 6, 10][i],
        certificate: { level: 'bound', lowerBound: 4, gap: [1, 2, 6][i], how: '' },
      }),
    }))
    const row = groupRow(groupRuns(runs)[0], 'loss')
    expect(row.objective).toEqual({ mean: 7, sd: Math.sqrt(7), count: 3 })
    expect(row).toMatchObject({ gap: 1, relativeGap: 0.25, status: 'solved', agreeing: 3, run: null })
    expect(trialRows(row.group, 'loss').map(({ label, relativeGap }) => [label, relativeGap])).toEqual([
      ['Trial 1', 0.25],
      ['Trial 2', 0.5],
      ['Trial 3', 1.5],
    ])
  })

  test('while one trial goes on, the group is running, with the longest time left', () => {
    const [done, going, waiting] = sgdTrials([5, 6, 7])
    const runs = [
      done,
      { ...going, state: 'running' as const, status: null, fraction: 0.5, secondsLeft: 3 },
      { ...waiting, state: 'queued' as const, status: null },
    ]
    expect(groupRow(groupRuns(runs)[0], 'loss')).toMatchObject({
      status: 'running',
      fraction: 0.5,
      secondsLeft: 3,
    })
  })

  test('a figure passes over what is missing', () => {
    expect(figureOf([null, NaN, 3, undefined])).toEqual({ mean: 3, sd: null, count: 1 })
    expect(figureOf([null])).toBeNull()
  })

  test('a relaxation’s curve ends at its own value, not at its network’s objective', () => {
    const record = runRecord({ method: 'gated', objective: 7, programObjective: 0.05 })
    const gated = tracedRun({
      key: 'gated',
      method: 'gated',
      label: 'Gated',
      history: [point(1, 0.06)],
      record,
    })
    const view = { axis: 'iterations', quantity: 'objective', xKind: 'linear', yKind: 'log' } as const
    expect(convergenceModel(groupRuns([gated]), view).series[0].ys).toEqual([0.06, 0.05])
  })
})

describe('method cards', () => {
  test('one per entry, one for every method without; equal words are counted', () => {
    const cards = methodCards(DOCUMENT.methods)
    expect(cards.map(({ id, index }) => [id, index])).toEqual([
      ['convex', 1],
      ['path', null],
      ['gated', null],
      ['penalized', null],
      ['low-rank', null],
      ['cutting-planes', null],
      ['closed-form', null],
      ['sgd', 0],
      ['sgd', 2],
      ['sgd', 3],
      ['whitened-gd', null],
      ['least-squares', null],
      ['convex-rf', null],
      ['stacking', null],
      ['ntk', null],
    ])
    const titles = cards.filter(({ id }) => id === 'sgd').map((card) => cardTitle(DOCUMENT, card))
    expect(titles).toEqual(['SGD, momentum', 'Adam', 'SGD, momentum (2)'])
    expect(unknownMethods([{ id: 'convex' }, { id: 'later' }, 3])).toEqual([1, 2])
  })

  test('those that do not apply and are not chosen stand apart, once the data are known', () => {
    const document = { ...DOCUMENT, loss: 'equality' }
    const cards = methodCards(document.methods)
    const unread = sortCards(document, cards, null)
    expect(unread.offered).toEqual(cards)
    expect(unread.refused).toEqual([])
    const { offered, refused } = sortCards(document, cards, resultDocument([]).data)
    expect(refused.map(({ id }) => id)).toContain('penalized')
    expect(refused.every(({ index }) => index === null)).toBe(true)
    expect(offered.filter(({ id }) => id === 'sgd')).toHaveLength(3)
    expect(offered.length + refused.length).toBe(cards.length)
  })

  test('the estimate spreads known times over the cores, and is silent without them', () => {
    const runs = sgdTrials([1, 2]).map((run) => ({ ...run, seconds: 4 }))
    const specs = [{ key: 'sgd-1' }, { key: 'sgd-2' }, { key: 'sgd-3' }]
    expect(estimateSeconds(specs, runs, 2)).toBe(6)
    expect(estimateSeconds([...specs, { key: 'convex' }], runs, 2)).toBeNull()
  })
})

describe('comparing problems', () => {
  const concrete = firstConcrete(DOCUMENT)

  test('warns of what differs, by name', () => {
    expect(comparisonWarning([concrete, concrete])).toBeNull()
    expect(comparisonWarning([concrete, { ...concrete, seed: 7, name: 'Other' }])).toBeNull()
    expect(comparisonWarning([concrete, { ...concrete, beta: 1, loss: 'hinge' }])).toContain(
      'differ in loss and β',
    )
  })

  test('says so where the document has changed since', () => {
    const run = { experimentId: 'e', record: runRecord(), finishedAt: '', stale: false }
    expect(documentOf(run, DOCUMENT)?.beta).toBe(0.1)
    expect(documentOf({ ...run, stale: true }, DOCUMENT)).toBeNull()
    expect(documentOf(run, { half: 'typed' })).toBeNull()
    expect(comparisonWarning([concrete, null])).toContain('cannot be told')
  })
})
