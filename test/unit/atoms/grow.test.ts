import { describe, expect, it } from 'vitest'
import { atomSet, joined, pruned, withResponses } from '../../../core/atoms/active-atoms.ts'
import { atomsOf } from '../../../core/atoms/index.ts'
import { solveMaster } from '../../../core/atoms/master.ts'
import { slide } from '../../../core/atoms/slide.ts'
import { smoothed } from '../../../core/atoms/smoothed.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply, multiplyTransposeVector, norm2 } from '../../../core/linalg/products.ts'
import { singularValueSoftThreshold } from '../../../core/linalg/prox.ts'
import { nuclearNorm, thinSvd } from '../../../core/linalg/svd.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { objective } from '../../../core/networks/index.ts'
import { buildProgram } from '../../../core/programs/build.ts'
import { stream } from '../../../core/random/index.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { enumerated, plantedProblem, problemOn, solved } from '../programs/fixtures.ts'
import { grown, problemFor } from './fixtures.ts'

describe('growth in the plane', () => {
  it.each([
    ['relu', 'squared'],
    ['relu', 'logistic'],
    ['relu', 'hinge'],
    ['bn-relu', 'squared'],
    ['bn-relu', 'logistic'],
  ] as const)('%s, %s: the optimum of the enumerated program', (family, loss) => {
    const problem = plantedProblem(family, loss, 0.4, { n: 20, d: 2 })
    const exact = solved(solveActiveSet, enumerated(problem).program, 1e-9)
    const growth = grown(problem)
    expect(growth.status).toBe('solved')
    expect(growth.primal).toBeLessThanOrEqual(exact.primal * (1 + 1e-6))
    expect(growth.primal).toBeGreaterThanOrEqual(exact.dual - 1e-9)
    const network = atomsOf(problem).recover(growth.network)
    expect(objective(network, problem.X, problem.Y, loss, 0.4)).toBeCloseTo(growth.primal, 8)
  })
})

describe('growth', () => {
  it.each(['squared', 'hinge', 'logistic'] as const)(
    '%s: from a sampled program it only goes down',
    (loss) => {
      const problem = plantedProblem('relu', loss, 0.3, { n: 30, d: 4 })
      const { program } = buildProgram(problem, { mode: 'sample', count: 15, limit: 1 }, true, 3)
      const sampled = solved(solveActiveSet, program, 1e-8)
      const start = sampled.blocks.map(({ vector, output }) => {
        const size = norm2(vector)
        return { theta: vector.map((value) => value / size), c: output.map((value) => size * value) }
      })
      const growth = grown(problem, { start, tolerance: 1e-4 })
      expect(growth.values[0]).toBeLessThanOrEqual(sampled.primal * (1 + 1e-12))
      growth.values.slice(1).forEach((value, k) => {
        expect(value).toBeLessThanOrEqual(growth.values[k] * (1 + 1e-12))
      })
      expect(growth.primal).toBeLessThan(sampled.primal)
      const stopped = grown(problem, { start, stop: () => 'cancelled' })
      expect([stopped.status, stopped.iteration]).toEqual(['cancelled', 0])
      expect(stopped.primal).toBeLessThanOrEqual(sampled.primal * (1 + 1e-12))
    },
  )

  it.each([
    ['relu', 'squared'],
    ['relu', 'cross-entropy'],
    ['relu-bn', 'squared'],
    ['conv-bn', 'squared'],
    ['parallel', 'squared'],
  ] as const)(
    '%s, %s, three outputs: no atom is left to add, and the active ones are priced β',
    (family, loss) => {
      const beta = family === 'parallel' ? 2 : 0.5
      const problem = problemFor(family, { n: 12, d: 3, outputs: 3, loss, beta })
      const growth = grown(problem, { tolerance: family === 'parallel' ? 1e-4 : 1e-6 })
      expect(growth.status).toBe('solved')
      const atoms = atomsOf(problem)
      for (const { theta } of growth.network) {
        const out = new Float64Array(12)
        atoms.respond(theta, out)
        expect(norm2(multiplyTransposeVector(growth.V, out))).toBeCloseTo(beta, 5)
      }
      const network = atoms.recover(growth.network)
      expect(objective(network, problem.X, problem.Y, loss, beta)).toBeCloseTo(growth.primal, 8)
    },
  )

  it('linear: soft-thresholded singular values when XᵀX = I, and the nuclear norm optimum when not', () => {
    const { U } = thinSvd(problemFor('linear', { d: 4 }).X)
    const Y = problemFor('linear', { outputs: 3 }).Y
    const problem = problemOn(U, Y, 'linear', 'squared', 0.6)
    const S = singularValueSoftThreshold(multiply(U, Y, { transposeA: true }), 0.6)
    const value = LOSSES.squared.value(multiply(U, S), Y) + 0.6 * nuclearNorm(S)
    expect(grown(problem).primal).toBeCloseTo(value, 9)
  })

  it('is deterministic in its stream', () => {
    const problem = problemFor('relu', { outputs: 2 })
    expect(grown(problem)).toEqual(grown(problem))
  })
})

describe('neurons with biases on a line', () => {
  const line = (x: number[], y: number[], loss: 'equality' | 'squared', outputBias: boolean) => {
    const problem = problemOn(
      Matrix.column(Float64Array.from(x)),
      Matrix.column(Float64Array.from(y)),
      'relu-bias',
      loss,
      1,
    )
    return { ...problem, network: { ...problem.network, outputBias } as typeof problem.network }
  }

  it('interpolates B’s example of Proposition 3.1 with ‖w‖₁ = 8', () => {
    const growth = grown(line([-2, -1, 0, 1, 2], [1, -1, 1, 1, -1], 'equality', false))
    expect(growth.primal).toBeCloseTo(8, 8)
  })

  it.each([true, false])('squared loss: the optimum over all 2n kinks, output bias %s', (outputBias) => {
    const x = Array.from(stream(4).normals(12)).flatMap((t) => [t, -t])
    const problem = line(
      x,
      x.map((t) => Math.sin(3 * t)),
      'squared',
      outputBias,
    )
    const family = atomsOf(problem)
    // The family may run along the line in the other direction: both signs of every kink then.
    const all = x.flatMap((t) => [1, -1].flatMap((s) => [Float64Array.of(s, -t), Float64Array.of(s, t)]))
    const { Phi } = withResponses(
      family,
      atomSet(
        family,
        all.map((theta) => ({ theta, c: new Float64Array(1) })),
      ),
    )
    const finite = solveMaster({ Phi, free: family.free, Y: problem.Y, loss: LOSSES.squared, beta: 1 }, 1e-10)
    const growth = grown(problem)
    expect(growth.status).toBe('solved')
    expect(growth.primal).toBeCloseTo(finite.primal, 7)
    if (outputBias) expect(Math.abs(growth.V.data.reduce((sum, v) => sum + v, 0))).toBeLessThan(1e-10)
    const network = family.recover(growth.network, growth.B)
    expect(objective(network, problem.X, problem.Y, 'squared', 1)).toBeCloseTo(growth.primal, 8)
  })
})

describe('sliding', () => {
  const problem = problemFor('relu', { n: 20, d: 3, outputs: 2 })
  const family = atomsOf(problem)
  const source = stream(2)
  const start = atomSet(
    family,
    Array.from({ length: 6 }, () => ({ theta: family.draw(source), c: source.normals(2) })),
  )
  const value = (set: typeof start) => {
    const { Phi, C } = withResponses(family, set)
    const sizes = set.thetas.reduce((sum, _, j) => sum + norm2(C.row(j)), 0)
    return LOSSES.squared.value(multiply(Phi, C), problem.Y) + 0.3 * sizes
  }

  it('never raises the objective and keeps atoms at unit size', () => {
    let last = value(start)
    for (const steps of [1, 5, 30]) {
      const end = slide(family, smoothed(LOSSES.squared, problem.Y, problem.Y), 0.3, start, steps)
      expect(value(end)).toBeLessThan(last)
      last = value(end)
      end.thetas.forEach((theta) => {
        expect(norm2(theta)).toBeCloseTo(1, 12)
      })
    }
  })

  it('adds collinear atoms up, drops zeros, and predicts the same', () => {
    const atoms = withResponses(family, start)
    const double = joined(atoms, {
      thetas: atoms.thetas.slice(0, 2),
      Phi: withResponses(family, { ...start, thetas: start.thetas.slice(0, 2), C: Matrix.zeros(2, 2) }).Phi,
    })
    double.C.row(6).set([1, 2])
    double.C.row(1).fill(0)
    const merged = pruned(double)
    expect(merged.thetas).toHaveLength(5)
    const before = multiply(double.Phi, double.C)
    multiply(merged.Phi, merged.C).data.forEach((value, at) => {
      expect(value).toBeCloseTo(before.data[at], 12)
    })
  })
})
