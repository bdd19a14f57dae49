import { describe, expect, it } from 'vitest'
import { networkBound } from '../../../core/certificates/network-bound.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, norm2, scale } from '../../../core/linalg/products.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { stream } from '../../../core/random/index.ts'

/** Data, and the responses and objective of random networks of unit neurons with pooled patches. */
function planted({ n = 20, r = 3, patches = 1, outputs = 1, beta = 0.3 } = {}) {
  const source = stream(n + r + 10 * patches + 100 * outputs)
  const A = new Matrix(n * patches, r, source.normals(n * patches * r))
  const network = (width: number, size: number) => {
    const F = Matrix.zeros(n, outputs)
    let cost = 0
    for (let h = 0; h < width; h++) {
      const u = source.normals(r)
      scale(1 / norm2(u), u)
      const c = source.normals(outputs).map((value) => size * value)
      cost += norm2(c)
      for (let j = 0; j < A.rows; j++) {
        const t = Math.max(0, dot(A.row(j), u))
        for (let k = 0; k < outputs; k++) F.data[Math.floor(j / patches) * outputs + k] += t * c[k]
      }
    }
    return { F, cost }
  }
  const Y = network(4, 1).F
  const V = new Matrix(
    n,
    outputs,
    Y.data.map((y) => 0.2 * y),
  )
  return { problem: { A, patches, V, Y, beta, loss: LOSSES.squared }, network }
}

describe('bounds of the network', () => {
  it.each([{}, { patches: 3 }, { outputs: 3 }, { patches: 2, outputs: 2 }, { r: 9 }])(
    'no random network is below: %o',
    (shape) => {
      const { problem, network } = planted(shape)
      const { lowerBound, rhoRatio } = networkBound(problem, { epsilon: 1e-2 })
      expect(lowerBound).toBeGreaterThan(0)
      expect(rhoRatio).toBeGreaterThan(1)
      for (let trial = 0; trial < 200; trial++) {
        const { F, cost } = network(1 + (trial % 6), 0.02 * (1 + (trial % 50)))
        expect(problem.loss.value(F, problem.Y) + problem.beta * cost).toBeGreaterThan(lowerBound)
      }
    },
  )

  it('the ratio of the best neuron and that of the bound differ by ε', () => {
    const { problem } = planted()
    const bound = networkBound(problem, { epsilon: 1e-3 })
    expect(bound.method).toBe('branch and bound')
    expect(bound.exhausted).toBe(false)
    expect(bound.bestRatio).toBeLessThanOrEqual(bound.rhoRatio)
    expect(bound.rhoRatio).toBeLessThanOrEqual(1.001 * bound.bestRatio * (1 + 1e-9))
    expect(norm2(bound.best!)).toBeCloseTo(1, 12)
  })

  it('says when a limit ended the search, and is no worse than Cauchy–Schwarz then', () => {
    const { problem } = planted({ n: 60, r: 6 })
    const bound = networkBound(problem, { maxCones: 100 })
    const whole = networkBound(problem, { epsilon: 0.5 })
    expect(bound.exhausted).toBe(true)
    expect(bound.rhoRatio).toBeGreaterThanOrEqual(whole.bestRatio)
    const cheap = networkBound(problem, { halt: () => true })
    expect(bound.rhoRatio).toBeLessThanOrEqual(cheap.rhoRatio)
    expect(bound.lowerBound).toBeGreaterThanOrEqual(cheap.lowerBound)
  })

  it('is cheap beyond rank 8', () => {
    const { problem } = planted({ r: 9 })
    const { method, cones, best, exhausted } = networkBound(problem)
    expect({ method, cones, best, exhausted }).toEqual({
      method: 'Cauchy–Schwarz',
      cones: 0,
      best: null,
      exhausted: false,
    })
  })

  it('equality: V is scaled up to the boundary as well', () => {
    const { problem } = planted()
    const tiny = {
      ...problem,
      V: new Matrix(
        20,
        1,
        problem.V.data.map((v) => 1e-3 * v),
      ),
    }
    const bounds = [problem, tiny].map((each) => networkBound({ ...each, loss: LOSSES.equality }))
    expect(bounds[1].lowerBound / bounds[0].lowerBound).toBeCloseTo(1, 2)
    expect(bounds[0].lowerBound).toBeGreaterThan(0)
  })
})
