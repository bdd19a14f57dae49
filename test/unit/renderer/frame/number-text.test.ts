import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nudge, numberText, parseNumber } from '../../../../renderer/composables/number-text.ts'

describe('parseNumber', () => {
  it.each([
    ['0.1', 0.1],
    [' 1e-3 ', 1e-3],
    ['2E5', 2e5],
    ['.5', 0.5],
    ['5.', 5],
    ['−3', -3],
    ['12 000', 12000],
  ])('reads %j', (text, value) => {
    expect(parseNumber(text)).toEqual({ value, problem: null })
  })

  it.each([
    ['', 'Enter a number.'],
    ['abc', 'Enter a number, such as 0.01 or 1e-3.'],
    ['0x10', 'Enter a number, such as 0.01 or 1e-3.'],
    ['Infinity', 'Enter a number, such as 0.01 or 1e-3.'],
    ['0,5', 'Use a point for decimals, as in 0.5.'],
  ])('refuses %j and says what was expected', (text, problem) => {
    expect(parseNumber(text)).toEqual({ value: null, problem })
  })

  it('keeps bounds, with or without their ends', () => {
    expect(parseNumber('0', { min: 0 }).value).toBe(0)
    expect(parseNumber('0', { min: 0, exclusive: true }).problem).toBe('Enter a number above 0.')
    expect(parseNumber('65', { min: 1, max: 64 }).problem).toBe('Enter a number at least 1 and at most 64.')
    expect(parseNumber('1.5', { integer: true }).problem).toBe('Enter a whole number.')
    expect(parseNumber('1e3', { integer: true }).value).toBe(1000)
  })

  it('reads back what it shows', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(numberText(value)).value).toBe(value === 0 ? 0 : value)
      }),
    )
  })
})

describe('nudge', () => {
  it('moves by the leading digit and enters the decade below', () => {
    expect(nudge(0.01, 1)).toBe(0.02)
    expect(nudge(0.09, 1)).toBe(0.1)
    expect(nudge(0.01, -1)).toBe(0.009)
    expect(nudge(350, 1)).toBe(450)
    expect(nudge(1e-7, -1)).toBe(9e-8)
  })

  it('moves by a decade when coarse, by ten for integers', () => {
    expect(nudge(0.01, 1, {}, true)).toBe(0.1)
    expect(nudge(0.01, -1, {}, true)).toBe(0.001)
    expect(nudge(50, 1, { integer: true })).toBe(51)
    expect(nudge(50, -1, { integer: true }, true)).toBe(40)
  })

  it('stays within the rules', () => {
    expect(nudge(1, -1, { integer: true, min: 1 })).toBe(1)
    expect(nudge(0.9, 1, { min: 0, max: 1, exclusive: true })).toBe(0.9)
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
        fc.constantFrom(1 as const, -1 as const),
        (value, way) => {
          const next = nudge(value, way, { min: 0, exclusive: true })
          expect(next).toBeGreaterThan(0)
          expect(Math.sign(next - value)).toBe(way)
        },
      ),
    )
  })
})
