// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ref } from 'vue'
import type { CertificateLevel, PathPoint } from '../../../../core/experiments/result.ts'
import PathReadings from '../../../../renderer/charts/PathReadings.vue'
import { pixelX, pixelY } from '../../../../renderer/charts/frame.ts'
import { pathFrames } from '../../../../renderer/charts/path-frames.ts'
import { pathOption } from '../../../../renderer/charts/path-option.ts'
import { nearestPoints, pathModel } from '../../../../renderer/charts/path.ts'
import { renderSvg } from '../../../../renderer/charts/render.ts'
import { groupRuns } from '../../../../renderer/charts/run-groups.ts'
import { pathTable, tableCsv } from '../../../../renderer/charts/table.ts'
import { chartTheme } from '../../../../renderer/charts/theme.ts'
import { useChartKind } from '../../../../renderer/views/experiment/results/chart-view.ts'
import { detailRows } from '../../../../renderer/views/experiment/results/detail-words.ts'
import { runRecord, sgdTrials, tracedRun } from './support.ts'

function pathPoint(
  beta: number,
  objective: number,
  level: CertificateLevel,
  lowerBound: number | null,
): PathPoint {
  const gap = lowerBound === null ? null : objective - lowerBound
  return {
    beta,
    status: 'solved',
    objective,
    certificate: { level, lowerBound, gap, how: '' },
    train: { loss: objective / 2, accuracy: null },
    test: { loss: objective, accuracy: null },
    neurons: Math.round(10 / beta),
    seconds: 1,
  }
}

/** As it is followed: from the largest β down. */
const POINTS = [
  pathPoint(10, 20, 'global', 20),
  pathPoint(1, 12, 'bound', 10),
  pathPoint(0.1, 4, 'dictionary', 3.99),
]
const pathRun = tracedRun({
  key: 'path',
  label: 'Path in β',
  method: 'path',
  record: runRecord({ method: 'path', path: POINTS }),
})
const model = pathModel(groupRuns([pathRun, ...sgdTrials([5])]))
const theme = chartTheme((token) => (token === '--font' ? 'sans-serif' : '#336699'))
const SIZE = { width: 640, height: 440 }
const frames = pathFrames(model, SIZE)

describe('pathModel', () => {
  test('holds the paths among the runs, β ascending, with what there is to score', () => {
    expect(model.curves.map(({ label, points }) => [label, points.map(({ beta }) => beta)])).toEqual([
      ['Path in β', [0.1, 1, 10]],
    ])
    expect(model).toMatchObject({ score: 'loss', tested: true })
    expect(pathModel(groupRuns(sgdTrials([5]))).curves).toEqual([])
  })

  test('reads the nearest point on the logarithmic axis', () => {
    expect(nearestPoints(model, 0.33)[0].point.beta).toBe(1)
    expect(nearestPoints(model, 0.3)[0].point.beta).toBe(0.1)
  })

  test('becomes a table and CSV in full precision, without columns that say nothing', () => {
    const { headers, rows } = pathTable(model)
    expect(headers).not.toContain('Train accuracy')
    expect(rows.map((row) => row[headers.indexOf('Certificate')])).toEqual(['global', 'bound', 'dictionary'])
    expect(tableCsv({ headers, rows }).split('\r\n')[2]).toBe('Path in β,1,solved,12,10,2,bound,10,6,12,1')
  })
})

describe('the chart of a path', () => {
  const option = pathOption(model, frames, theme) as Record<string, never> & {
    series: { name: string; data: [number, number][]; step?: string; symbol?: string }[]
  }
  const series = (name: string) => option.series.find((one) => one.name === `e/path${name}`)!

  test('stacks three plots over one axis of β', () => {
    const { objective, neurons, score } = frames
    expect(objective.x).toEqual(neurons.x)
    expect(objective.height - objective.bottom).toBeLessThan(neurons.top)
    expect(neurons.height - neurons.bottom).toBeLessThan(score.top)
    expect(pixelX(objective, 10)).toBeGreaterThan(pixelX(objective, 0.1))
    expect(pixelY(objective, 20)).toBeGreaterThanOrEqual(objective.top)
    expect(option.xAxis).toHaveLength(3)
  })

  test('draws the bound of the network only where one was proved', () => {
    expect(series('').data).toHaveLength(3)
    expect(series('/bound-0').data.map(([, y]) => 10 ** y)).toEqual([expect.closeTo(10), expect.closeTo(20)])
    expect(series('/neurons')).toMatchObject({ step: 'middle' })
  })

  test('marks every point by its level, and says what the marks mean', () => {
    expect(series('/global')).toMatchObject({
      symbol: 'diamond',
      data: [[1, expect.closeTo(Math.log10(20))]],
    })
    expect(series('/dictionary').data).toHaveLength(1)
    const svg = renderSvg(option, SIZE.width, SIZE.height)
    for (const text of ['Weight decay β', 'Objective', 'Neurons', 'Lower bound', 'Train', 'Test', '◇ bound'])
      expect(svg).toContain(text)
  })

  test('reads all figures of a point, with the word of its certificate', () => {
    const text = (beta: number) => {
      const wrapper = mount(PathReadings, { props: { model, frames, beta } })
      onTestFinished(() => wrapper.unmount())
      return wrapper.text()
    }
    expect(text(1)).toMatch(
      /β =\s*1.*bound.*Objective.*12\.0000.*Lower bound.*10\.0000.*Gap.*20 %.*Neurons.*10/s,
    )
    expect(text(0.1)).toMatch(/dictionary.*Bound, patterns used/s)
  })
})

describe('which chart is shown', () => {
  test('the path where there is nothing else; otherwise what was chosen', () => {
    const groups = ref(groupRuns([pathRun]))
    const kind = useChartKind(groups)
    expect(kind.value).toBe('path')
    groups.value = groupRuns([pathRun, ...sgdTrials([5])])
    expect(kind.value).toBe('convergence')
    kind.value = 'path'
    expect(kind.value).toBe('path')
    groups.value = groupRuns(sgdTrials([5]))
    expect(kind.value).toBe('convergence')
  })
})

describe('details of a run', () => {
  const text = (details: Parameters<typeof detailRows>[0]) =>
    Object.fromEntries(detailRows(details).map((row) => [row.name, row.text ?? row.value]))

  test('the patterns stand beside the most there can be, ratios beside 1', () => {
    expect(
      text({
        patterns: 271,
        'theoretical bound': 2_627_200,
        'gate vectors drawn': 0,
        'ρ/β found': 1 + 2e-16,
        'ρ/β over all neurons, at most': 1.00005,
        'largest cone violation': 1.04e-16,
        'something new': 'as it is',
      }),
    ).toEqual({
      Patterns: '271 of at most 2\u202f627\u202f200',
      'ρ/β found': '1',
      'ρ/β, at most': '1 + 5.0e-5',
      'Largest violation': '1.0e-16',
      'something new': 'as it is',
    })
  })

  test('a bound without its patterns is shown by itself, an astronomical one briefly', () => {
    expect(text({ patterns: 5, 'theoretical bound': 3.21e30 }).Patterns).toBe('5 of at most 3.2e30')
    expect(text({ patterns: 5, 'theoretical bound': null }).Patterns).toBe('5')
    expect(text({ 'theoretical bound': 7 })).toEqual({ 'theoretical bound': 7 })
  })
})
