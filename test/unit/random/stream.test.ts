import { describe, expect, it } from 'vitest'
import { deriveSeed, stream } from '../../../core/random/index.ts'

const draw = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, next)

describe('stream', () => {
  it('gives the same numbers for the same seed, now and in later versions', () => {
    const bits = stream(0)
    expect(draw(4, () => bits.bits())).toMatchInlineSnapshot(`
      [
        935931168,
        628809395,
        401616214,
        4048786304,
      ]
    `)
    const normals = stream(7).split('weights')
    expect(draw(2, () => normals.normal())).toMatchInlineSnapshot(`
      [
        0.33192272764675435,
        0.47486859551948063,
      ]
    `)
  })

  it('gives children that do not depend on what was drawn from the parent', () => {
    const fresh = stream(3).split('a').split(1)
    const parent = stream(3)
    draw(17, () => parent.normal())
    const child = parent.split('a')
    draw(5, () => child.uniform())
    const late = child.split(1)
    expect(draw(10, () => late.bits())).toEqual(draw(10, () => fresh.bits()))
  })

  it('keeps seeds and keys apart, numbers from their decimal strings too', () => {
    const first = new Set<number>()
    for (let seed = 0; seed < 200; seed++) {
      first.add(stream(seed).bits())
      first.add(stream(0).split(seed).bits())
      first.add(stream(0).split(String(seed)).bits())
    }
    expect(first.size).toBe(600)
    expect(stream(0).split('ab').split('c').bits()).not.toBe(stream(0).split('a').split('bc').bits())
  })

  it('draws uniforms with the right mean and variance, in bounds', () => {
    const source = stream(1)
    const values = draw(20_000, () => source.uniform(2, 4))
    const mean = values.reduce((a, b) => a + b) / values.length
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length
    expect(Math.abs(mean - 3)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1 / 3)).toBeLessThan(0.01)
    expect(values.every((value) => value >= 2 && value < 4)).toBe(true)
  })

  it('draws normals with the moments of N(0, 1)', () => {
    const values = stream(2).normals(40_000)
    const moment = (k: number): number => values.reduce((sum, x) => sum + x ** k, 0) / values.length
    expect(Math.abs(moment(1))).toBeLessThan(0.02)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03)
    expect(Math.abs(moment(3))).toBeLessThan(0.08)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2)
  })

  it('draws integers and permutations evenly', () => {
    const source = stream(4)
    const counts = [0, 0, 0, 0, 0, 0, 0]
    for (let i = 0; i < 14_000; i++) counts[source.integer(7)]++
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
    const firsts = [0, 0, 0, 0, 0]
    for (let i = 0; i < 5000; i++) {
      const order = source.permutation(5)
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4])
      firsts[order[0]]++
    }
    for (const count of firsts) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  it('refuses a bound that is not a positive integer', () => {
    for (const bound of [0, -1, 1.5, NaN, 2 ** 33]) expect(() => stream(0).integer(bound)).toThrow(RangeError)
  })
})

describe('deriveSeed', () => {
  it('is a fixed function of seed and key, in 32 bits', () => {
    expect([deriveSeed(0, 'sgd-1'), deriveSeed(0, 'sgd-2'), deriveSeed(1, 'sgd-1')]).toMatchInlineSnapshot(`
      [
        2519747105,
        2216046392,
        3176247949,
      ]
    `)
    const seeds = new Set(draw(1000, () => 0).map((_, i) => deriveSeed(5, `sgd-${i}`)))
    expect(seeds.size).toBe(1000)
    for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff).toBe(true)
  })
})
