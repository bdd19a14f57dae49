import { describe, expect, test } from 'vitest'
import { convergenceFrame, convergenceOption } from '../../../../renderer/charts/convergence-option.ts'
import { convergenceModel, readingsAt } from '../../../../renderer/charts/convergence.ts'
import type { ConvergenceView } from '../../../../renderer/charts/convergence.ts'
import { valueX, zoomOf } from '../../../../renderer/charts/frame.ts'
import { OPTIMIZER_IDENTITIES, identityOf } from '../../../../renderer/charts/identity.ts'
import { groupLabel, groupRuns, problemPart } from '../../../../renderer/charts/run-groups.ts'
import { renderSvg } from '../../../../renderer/charts/render.ts'
import { chartTable, tableCsv } from '../../../../renderer/charts/table.ts'
import { chartTheme } from '../../../../renderer/charts/theme.ts'
import { point, runRecord, sgdTrials, tracedRun } from './support.ts'

const VIEW: ConvergenceView = { axis: 'iterations', quantity: 'objective', xKind: 'linear', yKind: 'log' }
const convex = tracedRun({
  history: [point(0, 40, 1), point(10, 15, 8), point(20, 10, 7)],
  record: runRecord(),
})
const theme = chartTheme((token) => (token === '--font' ? 'sans-serif' : '#336699'))
const SIZE = { width: 600, height: 300 }

describe('groups', () => {
  test('trials share a group; sweep points and second entries do not', () => {
    const groups = groupRuns([
      ...sgdTrials([5, 6, 7]),
      tracedRun({ key: 'sgd_2-1', label: 'SGD, momentum · trial 1', method: 'sgd' }),
      tracedRun({ key: 'convex@beta=1e-7', label: 'Convex · beta 1e-7' }),
      tracedRun({ key: 'convex@beta=0.1', label: 'Convex · beta 0.1' }),
    ])
    expect(groups.map(({ label, runs }) => [label, runs.length])).toEqual([
      ['SGD, momentum', 3],
      ['SGD, momentum (2)', 1],
      ['Convex · beta 1e-7', 1],
      ['Convex · beta 0.1', 1],
    ])
  })

  test('only settings of the problem make another problem', () => {
    expect(problemPart('sgd-2@beta=0.1,learningRate=0.5')).toBe('beta=0.1')
    expect(problemPart('sgd@epochs=5,seed=3')).toBe('')
    expect(problemPart('convex@dataset-noise=0.1')).toBe('dataset-noise=0.1')
    expect(groupLabel('Gated · trial 2')).toBe('Gated')
  })

  test('optimisers are told apart by colour and dash', () => {
    expect(identityOf('sgd', 'Adam · trial 3')).toBe(OPTIMIZER_IDENTITIES.adam)
    const looks = Object.values(OPTIMIZER_IDENTITIES).map(({ token, dash }) => `${token} ${dash.join()}`)
    expect(new Set(looks).size).toBe(looks.length)
  })
})

describe('convergenceModel', () => {
  test('a curve ends in the objective of the returned network; its bound is the best so far', () => {
    const { series, bounds } = convergenceModel(groupRuns([convex]), VIEW)
    expect(series).toHaveLength(1)
    expect(series[0].ys).toEqual([40, 15, 10, 10])
    expect(bounds[0].ys).toEqual([1, 8, 8, 9])
    expect(bounds[0].over).toBe(series[0].id)
  })

  test('what a growing program proved of its cells so far is no bound; the certificate’s is', () => {
    const record = runRecord({ dual: 9, details: { rounds: 3 } })
    const { bounds } = convergenceModel(groupRuns([{ ...convex, record }]), VIEW)
    expect(bounds[0]).toMatchObject({ xs: [20], ys: [9] })
  })

  test('several trials become a median with its band', () => {
    const { series } = convergenceModel(groupRuns(sgdTrials([5, 6, 10])), VIEW)
    expect(series[0].label).toBe('SGD, momentum ×3')
    expect([series[0].band!.min.at(-1), series[0].ys.at(-1), series[0].band!.max.at(-1)]).toEqual([5, 6, 10])
  })

  test('gaps are measured from the proved bound of the same problem, else from the best objective', () => {
    const gap = { ...VIEW, quantity: 'gap' as const }
    const proved = convergenceModel(groupRuns([convex, ...sgdTrials([12])]), gap)
    expect(proved.reference).toBe('bound')
    expect(proved.series.map(({ ys }) => ys.at(-1))).toEqual([1, 3])
    const sampled = runRecord({ certificate: { level: 'dictionary', lowerBound: 9.9, gap: 0.1, how: '' } })
    const unproved = convergenceModel(groupRuns([{ ...convex, record: sampled }, ...sgdTrials([12])]), gap)
    expect(unproved.reference).toBe('best')
    expect(unproved.series.map(({ ys }) => ys.at(-1))).toEqual([0, 2])
  })

  test('the crosshair reads every curve and bound, and nothing before a curve begins', () => {
    const model = convergenceModel(groupRuns([convex, ...sgdTrials([5, 6])]), VIEW)
    expect(readingsAt(model, 12).map(({ label, value }) => [label, value])).toEqual([
      ['Convex', 15],
      ['SGD, momentum ×2', 5.5],
      ['Dual bound', 8],
    ])
    expect(readingsAt(model, 0.5)[1].value).toBeNull()
  })
})

describe('convergenceOption', () => {
  const model = convergenceModel(groupRuns([convex, ...sgdTrials([5, 6, 10])]), VIEW)
  const frame = convergenceFrame(model, SIZE, null)
  const option = convergenceOption(model, frame, theme) as Record<string, never> & {
    series: {
      type: string
      name: string
      data: [number, number][]
      lineStyle?: { type: string | number[] }
    }[]
    xAxis: { name: string; axisLabel: { formatter: (at: number) => string; customValues: number[] } }
    yAxis: {
      name: string
      min: number
      max: number
      axisLabel: { formatter: (at: number) => string; customValues: number[] }
    }
  }

  test('axes have titles, and labels in values although coordinates are logarithms', () => {
    expect([option.xAxis.name, option.yAxis.name]).toEqual(['Iterations', 'Objective'])
    const { customValues, formatter } = option.yAxis.axisLabel
    expect(customValues.map((at) => Number(formatter(at)))).toEqual(
      customValues.map((at) => Math.round(10 ** at)),
    )
  })

  test('draws the line, its markers, the bands and the shaded gap, without animation', () => {
    const names = option.series.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining([
        'e/convex',
        'e/convex/markers',
        'e/sgd/range',
        'e/sgd/quartiles',
        'e/convex/bound/gap',
      ]),
    )
    expect(option.animation).toBe(false)
    const bound = option.series.find(({ name }) => name === 'e/convex/bound')!
    expect(bound.lineStyle?.type).toEqual([8, 3, 1.5, 3])
  })

  test('long histories are thinned', () => {
    const history = Array.from({ length: 10_000 }, (_, i) => point(i, 1 + 100 / (i + 1)))
    const long = convergenceModel(groupRuns([tracedRun({ history })]), VIEW)
    const drawn = convergenceOption(
      long,
      convergenceFrame(long, SIZE, null),
      theme,
    ) as unknown as typeof option
    expect(drawn.series.find(({ type }) => type === 'line')!.data.length).toBeLessThanOrEqual(600)
    expect(chartTable(long).rows).toHaveLength(10_000)
  })

  test('renders to SVG without a document, with axis titles and names of lines', () => {
    const svg = renderSvg(option, SIZE.width, SIZE.height)
    expect(svg).toMatch(/^<svg/)
    for (const text of ['Objective', 'Iterations', 'Convex', 'SGD, momentum ×3', 'Dual bound'])
      expect(svg).toContain(text)
  })

  test('a drag becomes ranges in values', () => {
    const zoom = zoomOf(frame, { x: 300, y: 200 }, { x: 100, y: 50 })
    expect(zoom.x).toEqual([valueX(frame, 100), valueX(frame, 300)])
    expect(zoom.y[0]).toBeLessThan(zoom.y[1])
    expect(convergenceFrame(model, SIZE, zoom).x).toMatchObject({ min: zoom.x[0], max: zoom.x[1] })
  })
})

test('the CSV of a chart quotes names with commas and keeps full precision', () => {
  const third = { ...convex, history: [point(0, 1 / 3)], record: null }
  const csv = tableCsv(chartTable(convergenceModel(groupRuns([third, ...sgdTrials([5])]), VIEW)))
  expect(csv).toContain('Convex,0,0.3333333333333333')
  expect(csv).toContain('"SGD, momentum",1,15')
})
