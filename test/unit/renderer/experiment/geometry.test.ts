// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, onTestFinished, test } from 'vitest'
import { planarGeometry } from '../../../../core/geometry/planar-geometry.ts'
import { RectifiedSet } from '../../../../core/geometry/rectified-set.ts'
import { spatialGeometry } from '../../../../core/geometry/spatial-geometry.ts'
import { drawGeometry, type GeometryView } from '../../../../renderer/charts/geometry-drawing.ts'
import { GEOMETRY_LAYERS, type LayerId } from '../../../../renderer/charts/geometry-layers.ts'
import { geometryOption } from '../../../../renderer/charts/geometry-option.ts'
import { geometryTable } from '../../../../renderer/charts/geometry-table.ts'
import { renderSvg } from '../../../../renderer/charts/render.ts'
import { chartTheme } from '../../../../renderer/charts/theme.ts'
import { useDraftStore } from '../../../../renderer/stores/draft.ts'
import { useInspectionStore } from '../../../../renderer/stores/inspection.ts'
import GeometrySection from '../../../../renderer/views/experiment/problem/GeometrySection.vue'
import { firstRows, geometryOf, hasGeometry } from '../../../../renderer/views/experiment/problem/geometry.ts'
import { stage, withTooltips } from '../frame/stage.ts'

const GRAM = [
  [1, -0.6, 0.2],
  [-0.6, 1.5, 0.3],
  [0.2, 0.3, 0.8],
]
const two = planarGeometry(new RectifiedSet(GRAM.slice(0, 2).map((row) => row.slice(0, 2))))
const three = spatialGeometry(new RectifiedSet(GRAM))
const ALL = new Set<LayerId>(GEOMETRY_LAYERS.map(({ id }) => id))
const view = (part: Partial<GeometryView> = {}): GeometryView => ({
  side: 'responses',
  visible: ALL,
  eye: { yaw: 0, pitch: 0 },
  width: 300,
  height: 200,
  ...part,
})
const numbersOf = (path: string) => (path.match(/-?\d+\.\d/g) ?? []).map(Number)

describe('drawing of the sets', () => {
  test('stays inside the frame and centres on the origin', () => {
    for (const geometry of [two, three]) {
      for (const side of ['responses', 'dual'] as const) {
        const { layers } = drawGeometry(geometry, view({ side, eye: { yaw: 1.1, pitch: 0.4 } }))
        expect(layers.map(({ layer }) => layer.id)).toEqual(
          GEOMETRY_LAYERS.filter((layer) => layer.side === side).map(({ id }) => id),
        )
        for (const { area, lines, hidden } of layers) {
          const values = numbersOf(area + lines + hidden)
          const xs = values.filter((_, k) => k % 2 === 0)
          const ys = values.filter((_, k) => k % 2 === 1)
          expect(Math.min(...xs, ...ys)).toBeGreaterThanOrEqual(0)
          expect(Math.max(...xs)).toBeLessThanOrEqual(300)
          expect(Math.max(...ys)).toBeLessThanOrEqual(200)
        }
      }
    }
  })

  test('seen along an axis shows the other two, the far side apart from the near one', () => {
    const { axes, layers } = drawGeometry(three, view({ visible: new Set(['ellipsoid']) }))
    // The eye on the first axis: it ends where it starts; the second goes right, the third up.
    const [first, second, third] = axes.map(({ path }) => numbersOf(path))
    expect(first.slice(0, 2)).toEqual(first.slice(2))
    expect(second[2]).toBeGreaterThan(second[0])
    expect(second[3]).toBe(second[1])
    expect(third[3]).toBeLessThan(third[1])
    expect(layers[0].hidden.length).toBeGreaterThan(500)
    const turned = drawGeometry(
      three,
      view({ visible: new Set(['ellipsoid']), eye: { yaw: Math.PI, pitch: 0 } }),
    )
    expect(turned.layers[0].lines.length).toBeCloseTo(layers[0].hidden.length, -3)
  })

  test('leaves out what is not wanted', () => {
    const { layers } = drawGeometry(two, view({ visible: new Set(['hull', 'dual']) }))
    expect(layers.map(({ layer }) => layer.id)).toEqual(['hull'])
  })

  test('goes into files with every set and the names of the axes', () => {
    const theme = chartTheme((token) => (token.startsWith('--font') ? 'sans-serif' : '#123456'))
    const option = geometryOption(drawGeometry(two, view()), ['row 4', 'row 9'], theme)
    const svg = renderSvg(option, 300, 200)
    expect(svg).toContain('row 4')
    expect(svg.match(/<path/g)!.length).toBeGreaterThan(8)
  })

  test('has every point in its table', () => {
    const { headers, rows } = geometryTable(two, [3, 8])
    expect(headers).toEqual(['Set', 'Row 4', 'Row 9'])
    expect(new Set(rows.map(([set]) => set)).size).toBe(GEOMETRY_LAYERS.length)
    expect(rows.every((cells) => cells.length === 3)).toBe(true)
    expect(geometryTable(three, [0, 1, 2]).rows.every((cells) => cells.length === 4)).toBe(true)
  })
})

describe('geometry section', () => {
  const SHOWN = { rows: [3, 8, 0, 1], gram: GRAM.map((row) => [...row, 0]).concat([[0, 0, 0, 1]]) }

  test('draws what the network is made of, from the rows that show a spike', () => {
    expect(hasGeometry({ family: 'relu' })).toBe(true)
    expect(hasGeometry({ family: 'relu', layers: 3 })).toBe(false)
    expect(hasGeometry({ family: 'bn-relu' })).toBe(false)
    expect(firstRows(SHOWN)).toEqual([3, 8])
    expect(firstRows({ ...SHOWN, rows: [0, 1, 2] })).toEqual([0, 1, 2])
    expect(geometryOf(SHOWN, [3, 8])).toEqual(two)
    expect(geometryOf(SHOWN, [3, 8, 0]).dimension).toBe(3)
  })

  test('says whether the data are spike-free and hides sets on request', async () => {
    const { machine, pinia } = await stage()
    const document = {
      version: 1,
      name: 'Points',
      dataset: { generator: 'planted' },
      network: { family: 'relu' },
      loss: 'squared',
      beta: 0.1,
      methods: [{ id: 'convex' }],
    }
    const { id } = await machine.request('createExperiment', { document })
    const draft = useDraftStore(pinia)
    await draft.open(id)
    const inspection = useInspectionStore(pinia)
    inspection.inspection = await machine.request('inspectProblem', { experimentId: id, document })
    const wrapper = mount(withTooltips(GeometrySection), { global: { plugins: [pinia] } })
    onTestFinished(() => wrapper.unmount())
    await flushPromises()
    expect(wrapper.text()).toContain('not spike-free: rows 4 and 9 show it')
    const key = wrapper.findAll('[aria-pressed]')
    expect(key.map((button) => button.text())).toContain('Convex hull')
    const hull = key.find((button) => button.text() === 'Convex hull')!
    expect(hull.attributes('aria-pressed')).toBe('true')
    await hull.trigger('click')
    expect(hull.attributes('aria-pressed')).toBe('false')
    expect(wrapper.find('[role="img"]').attributes('aria-label')).toMatch(/row 4, row 9/)
  })
})
