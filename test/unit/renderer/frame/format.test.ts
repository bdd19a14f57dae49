import { describe, expect, it } from 'vitest'
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatGap,
  formatNumber,
  formatObjective,
  formatPercent,
  formatSeconds,
  formatShort,
  plural,
  superscript,
} from '../../../../renderer/composables/format.ts'

describe('numbers have as many digits as they deserve', () => {
  it('six significant for objectives', () => {
    expect(formatObjective(68.97412345)).toBe('68.9741')
    expect(formatObjective(0.0123456789)).toBe('0.0123457')
    expect(formatObjective(123456.789)).toBe('123457')
  })

  it('two for gaps, scientific below a thousandth', () => {
    expect(formatGap(4.7106)).toBe('4.7')
    expect(formatGap(0.0012)).toBe('0.0012')
    expect(formatGap(9.9e-8)).toBe('9.9e-8')
    expect(formatGap(0)).toBe('0')
  })

  it('says nothing where there is nothing, and has a true minus', () => {
    expect(formatObjective(null)).toBe('–')
    expect(formatGap(undefined)).toBe('–')
    expect(formatNumber(NaN)).toBe('–')
    expect(formatNumber(-1.5, 2)).toBe('−1.5')
    expect(formatNumber(Infinity)).toBe('∞')
    expect(formatShort(-Infinity)).toBe('−∞')
  })

  it('drops zeros that say nothing in short numbers', () => {
    expect(formatShort(0.1)).toBe('0.1')
    expect(formatShort(5e-4)).toBe('5e-4')
    expect(formatShort(2e7)).toBe('2e7')
    expect(formatShort(1234.5678)).toBe('1235')
  })

  it('one decimal for per cent, fewer for longer times', () => {
    expect(formatPercent(0.8293)).toBe('82.9')
    expect([1.239, 12.39, 123.9].map(formatSeconds)).toEqual(['1.24', '12.4', '124'])
  })
})

describe('words for sentences', () => {
  it('durations', () => {
    expect([0.4, 59.7, 125, 3600, 4830].map(formatDuration)).toEqual([
      'under 1 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '1 h 21 min',
    ])
  })

  it('bytes in decimal units', () => {
    expect([0, 999, 1000, 88_731, 9_960_000, 1.6e10].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '89 kB',
      '10 MB',
      '16 GB',
    ])
  })

  it('counts and plurals', () => {
    expect(formatCount(1234567)).toBe('1\u202f234\u202f567')
    expect(plural(1, 'run')).toBe('1 run')
    expect(plural(0, 'run')).toBe('0 runs')
  })

  it('exponents for axis decades', () => {
    expect(superscript(-12)).toBe('⁻¹²')
    expect(superscript(3)).toBe('³')
  })

  it('ages', () => {
    const now = Date.parse('2026-01-05T10:00:00Z')
    const ages = [
      '2026-01-05T09:59:30Z',
      '2026-01-05T09:45:00Z',
      '2026-01-05T07:00:00Z',
      '2026-01-01T00:00:00Z',
    ]
    expect(ages.map((iso) => formatAge(iso, now))).toEqual([
      'just now',
      '15 min ago',
      '3 h ago',
      '2026-01-01',
    ])
  })
})
