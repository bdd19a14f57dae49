import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bandOf, quantile } from '../../../../renderer/charts/bands.ts'
import { spreadLabels } from '../../../../renderer/charts/labels.ts'
import { lttbIndices } from '../../../../renderer/charts/lttb.ts'
import { fitScale, position, ticks, valueAt } from '../../../../renderer/charts/scale.ts'

describe('scales', () => {
  test('decades are labelled as powers of ten, round numbers within one', () => {
    const decades = ticks({ kind: 'log', min: 1e-3, max: 100 }, 8).map(({ label }) => label)
    expect(decades).toEqual(['10⁻³', '10⁻²', '10⁻¹', '10⁰', '10¹', '10²'])
    expect(ticks({ kind: 'log', min: 60, max: 110 }, 5).map(({ value }) => value)).toEqual([
      60, 70, 80, 90, 100, 110,
    ])
    expect(ticks({ kind: 'linear', min: 0, max: 1 }, 5).map(({ label }) => label)).toEqual([
      '0.0',
      '0.2',
      '0.4',
      '0.6',
      '0.8',
      '1.0',
    ])
  })

  test('many decades are thinned to whole strides', () => {
    const values = ticks({ kind: 'log', min: 1e-12, max: 1e4 }, 5).map(({ value }) =>
      Math.round(Math.log10(value)),
    )
    expect(new Set(values.map((value, i) => (i === 0 ? 4 : value - values[i - 1])))).toEqual(new Set([4]))
  })

  test('position and value are inverse to each other', () => {
    const kinds = fc.constantFrom('linear' as const, 'log' as const)
    fc.assert(
      fc.property(kinds, fc.double({ min: 0, max: 1, noNaN: true }), (kind, share) => {
        const scale = { kind, min: 0.02, max: 700 }
        expect(position(scale, valueAt(scale, share))).toBeCloseTo(share, 9)
      }),
    )
  })

  test('a logarithmic scale passes over what it cannot show', () => {
    const scale = fitScale('log', [0, -3, NaN, 1, 100])
    expect(scale.min).toBeGreaterThan(0.5)
    expect(scale.max).toBeLessThan(200)
    expect(fitScale('log', [])).toEqual({ kind: 'log', min: 0.1, max: 1 })
  })
})

describe('lttbIndices', () => {
  test('keeps ends and the one spike of a long flat curve', () => {
    const ys = Array.from({ length: 10_000 }, (_, i) => (i === 7321 ? 50 : 0))
    const chosen = lttbIndices(
      ys.map((_, i) => i),
      ys,
      400,
    )
    expect(chosen).toHaveLength(400)
    expect([chosen[0], chosen.at(-1)]).toEqual([0, 9999])
    expect(chosen).toContain(7321)
    expect(chosen).toEqual([...chosen].sort((a, b) => a - b))
  })

  test('short curves stay whole', () => {
    expect(lttbIndices([1, 2, 3], [1, 2, 3], 10)).toEqual([0, 1, 2])
  })
})

describe('bandOf', () => {
  const trials = [
    { xs: [0, 1, 2], ys: [10, 6, 4] },
    { xs: [0, 1, 2], ys: [12, 8, 2] },
    { xs: [0, 1], ys: [11, 7] },
  ]

  test('spans the trials; one that has ended keeps its last value', () => {
    const band = bandOf(trials, 'linear', 3)!
    expect(band.xs).toEqual([0, 1, 2])
    expect(band).toMatchObject({ min: [10, 6, 2], median: [11, 7, 4], max: [12, 8, 7], count: 3 })
  })

  test('a trial that is still going counts up to its last point only', () => {
    const band = bandOf([trials[0], trials[1], { ...trials[2], open: true }], 'linear', 3)!
    expect(band).toMatchObject({ min: [10, 6, 2], max: [12, 8, 4] })
  })

  test('quartiles lie between the extremes everywhere', () => {
    const ys = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(ys, { minLength: 1, maxLength: 9 }), (all) => {
        const band = bandOf(
          all.map((values) => ({ xs: [1, 2, 4, 8], ys: values })),
          'log',
          7,
        )!
        band.xs.forEach((_, i) => {
          const order = [band.min[i], band.lower[i], band.median[i], band.upper[i], band.max[i]]
          expect(order).toEqual([...order].sort((a, b) => a - b))
        })
      }),
    )
  })

  test('nothing to show on a logarithmic axis gives no band', () => {
    expect(bandOf([{ xs: [0], ys: [1] }], 'log')).toBeNull()
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75)
  })
})

describe('spreadLabels', () => {
  test('labels that do not collide stay where they are', () => {
    expect(spreadLabels([10, 50, 90], 14, 0, 100)).toEqual([10, 50, 90])
  })

  test('labels never overlap and stay inside where there is room', () => {
    const wanted = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 18 })
    fc.assert(
      fc.property(wanted, (centres) => {
        const placed = [...spreadLabels(centres, 14, 0, 300)].sort((a, b) => a - b)
        placed.slice(1).forEach((value, i) => expect(value - placed[i]).toBeGreaterThan(14 - 1e-6))
        expect(placed[0]).toBeGreaterThan(-1e-6)
        expect(placed.at(-1)).toBeLessThan(300 + 1e-6)
      }),
    )
  })
})
