import { describe, expect, it } from 'vitest'
import { certify, noiseOf, shareBounds } from '../../../core/experiments/certify.ts'
import type { RunRecord } from '../../../core/experiments/result.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'

const claim = (level: 'global' | 'bound' | 'dictionary' | 'none', lowerBound: number | null) => ({
  level,
  lowerBound,
  how: 'a test',
})

describe('certify', () => {
  it('takes the gap against the network objective', () => {
    expect(certify(10, claim('dictionary', 9))).toEqual({
      level: 'dictionary',
      lowerBound: 9,
      gap: 1,
      how: 'a test',
    })
  })

  it('calls a proved bound global only when the gap is closed', () => {
    expect(certify(10, claim('global', 9)).level).toBe('bound')
    expect(certify(10, claim('bound', 10 - 1e-6)).level).toBe('global')
  })

  it('never lets a sampled dictionary prove more than itself', () => {
    expect(certify(10, claim('dictionary', 10)).level).toBe('dictionary')
  })

  it('rounds a gap of rounding errors to zero and rejects a bound above the objective', () => {
    expect(certify(10, claim('global', 10 + 1e-9)).gap).toBe(0)
    const refuted = certify(10, claim('global', 10.1))
    expect(refuted).toMatchObject({ level: 'none', lowerBound: null, gap: null })
    expect(refuted.how).toMatch(/above the objective/)
  })

  it('is relative to the objective: the same level at every scale', () => {
    for (const scale of [1e-12, 1, 1e12]) {
      expect(certify(scale, claim('bound', 0.999 * scale)).level).toBe('bound')
      expect(certify(scale, claim('bound', 0.99995 * scale)).level).toBe('global')
      expect(certify(scale, claim('bound', 1.001 * scale)).how).toMatch(/Rejected/)
    }
  })

  it('takes differences below the rounding of the loss for none', () => {
    const Y = new Matrix(2, 1, Float64Array.of(3, 4))
    const noise = noiseOf(Y, 'squared')
    expect(noise).toBeCloseTo(1e-12 * 12.5, 25)
    expect(noiseOf(Y, 'equality')).toBe(0)
    expect(certify(1e-30, claim('global', 1e-15), noise)).toMatchObject({ level: 'global', gap: 0 })
    expect(certify(1e-15, claim('global', 0), noise).level).toBe('global')
    expect(certify(1e-15, claim('global', 0)).level).toBe('bound')
  })

  it('shows no gap without a bound', () => {
    expect(certify(10, claim('none', null))).toMatchObject({ level: 'none', gap: null })
    expect(certify(null, claim('global', 3))).toMatchObject({ level: 'none', gap: null })
    expect(certify(10, claim('bound', -Infinity))).toMatchObject({ level: 'none', gap: null })
  })
})

function record(
  key: string,
  method: RunRecord['method'],
  objective: number,
  certificate = claim('none', null),
): RunRecord {
  return {
    key,
    method,
    label: key,
    trial: 0,
    point: {},
    status: 'solved',
    seconds: 1,
    iterations: 1,
    objective,
    programObjective: null,
    dual: null,
    solverGap: null,
    certificate: certify(objective, certificate),
    train: { loss: null, accuracy: null },
    test: null,
    neurons: 0,
    ranks: [],
    hypotheses: [],
    details: {},
  }
}

describe('shareBounds', () => {
  it('gives every run of a problem the best bound proved for it', () => {
    const shared = shareBounds([
      { record: record('convex', 'convex', 10, claim('global', 10)), problem: 'a' },
      { record: record('sgd', 'sgd', 12), problem: 'a' },
      { record: record('sampled', 'convex', 10.5, claim('dictionary', 10.4)), problem: 'a' },
      { record: record('other', 'sgd', 12), problem: 'b' },
    ])
    expect(shared.map(({ certificate }) => [certificate.level, certificate.gap])).toEqual([
      ['global', 0],
      ['bound', 2],
      ['bound', 0.5],
      ['none', null],
    ])
    expect(shared[1].certificate.how).toMatch(/"convex"/)
  })

  it('keeps the linear baseline out of it, both ways', () => {
    const shared = shareBounds([
      { record: record('least-squares', 'least-squares', 3, claim('bound', 3)), problem: 'a' },
      { record: record('sgd', 'sgd', 2), problem: 'a' },
      { record: record('convex', 'convex', 1, claim('global', 1)), problem: 'a' },
    ])
    expect(shared[0].certificate.lowerBound).toBe(3)
    expect(shared[1].certificate.lowerBound).toBe(1)
  })

  it('does not take a bound from a sampled dictionary', () => {
    const shared = shareBounds([
      { record: record('convex', 'convex', 10, claim('dictionary', 10)), problem: 'a' },
      { record: record('sgd', 'sgd', 9), problem: 'a' },
    ])
    expect(shared[1].certificate.level).toBe('none')
  })

  it('says so when an objective refutes a bound', () => {
    const shared = shareBounds([
      { record: record('convex', 'convex', 10, claim('global', 10)), problem: 'a' },
      { record: record('sgd', 'sgd', 9), problem: 'a' },
    ])
    expect(shared[1].certificate.level).toBe('none')
    expect(shared[1].certificate.how).toMatch(/Rejected/)
  })
})
