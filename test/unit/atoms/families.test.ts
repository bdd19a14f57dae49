import { describe, expect, it } from 'vitest'
import { linearize, stack, type Atom, type AtomFamily } from '../../../core/atoms/family.ts'
import { atomsOf } from '../../../core/atoms/index.ts'
import type { FamilyId } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, multiply, norm2 } from '../../../core/linalg/products.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { forward, objective, regularizer } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { problemFor } from './fixtures.ts'

const FAMILIES: readonly FamilyId[] = [
  'relu',
  'bn-relu',
  'relu-bn',
  'conv-bn',
  'parallel',
  'linear',
  'relu-bias',
]

function draws(family: AtomFamily, count: number): Float64Array[] {
  const source = stream(3)
  return Array.from({ length: count }, () => family.draw(source))
}

function atomsWith(family: AtomFamily, outputs: number): Atom[] {
  const source = stream(4)
  const atoms = draws(family, 5).map((theta) => ({ theta, c: source.normals(outputs) }))
  return [...atoms, { theta: family.draw(source), c: new Float64Array(outputs) }]
}

function predictions(family: AtomFamily, atoms: readonly Atom[], B: Matrix): Matrix {
  const { responses } = linearize(
    family,
    stack(
      family,
      atoms.map(({ theta }) => theta),
    ),
  )
  const F = multiply(responses, Matrix.fromRows(atoms.map(({ c }) => c)))
  return family.free ? multiply(family.free, B, { beta: 1, out: F }) : F
}

describe.each(FAMILIES)('atoms of %s', (id) => {
  it.each([1, 3])('the recovered network with %i outputs predicts Σφ(θ)cᵀ and costs Σ‖c‖', (outputs) => {
    const problem = problemFor(id, { outputs })
    const family = atomsOf(problem)
    const atoms = atomsWith(family, outputs)
    const B = new Matrix(
      family.free?.cols ?? 0,
      outputs,
      stream(5).normals((family.free?.cols ?? 0) * outputs),
    )
    const network = family.recover(atoms, B)
    const F = predictions(family, atoms, B)
    const cost = atoms.reduce((sum, { c }) => sum + norm2(c), 0)
    forward(network, problem.X).data.forEach((value, at) => {
      expect(value).toBeCloseTo(F.data[at], 9)
    })
    expect(regularizer(network)).toBeCloseTo(cost, 10)
    expect(objective(network, problem.X, problem.Y, 'squared', 0.7)).toBeCloseTo(
      LOSSES.squared.value(F, problem.Y) + 0.7 * cost,
      9,
    )
  })

  it('has unit draws, and a size that scales', () => {
    const family = atomsOf(problemFor(id))
    for (const theta of draws(family, 4)) {
      const gradient = new Float64Array(family.size)
      expect(family.square(theta, gradient)).toBeCloseTo(1, 12)
      family.rescale(theta, 2.5)
      expect(family.square(theta, gradient)).toBeCloseTo(6.25, 11)
      expect(family.normalize(theta)).toBeCloseTo(2.5, 12)
      expect(family.square(theta, gradient)).toBeCloseTo(1, 12)
    }
  })

  it('has gradients that agree with finite differences', () => {
    const family = atomsOf(problemFor(id))
    const source = stream(9)
    const g = source.normals(family.rows)
    for (const unit of draws(family, 3)) {
      // relu-bias draws sit on a kink.
      const theta = id === 'relu-bias' ? Float64Array.of(unit[0], unit[1] + 1e-3) : unit
      const value = (at: Float64Array): number => {
        const out = new Float64Array(family.rows)
        family.respond(at, out)
        return dot(out, g)
      }
      const pulled = new Float64Array(family.size)
      const slope = new Float64Array(family.size)
      const spare = new Float64Array(family.size)
      family.pull(theta, g, pulled)
      family.square(theta, slope)
      for (let c = 0; c < family.size; c++) {
        if (id === 'parallel' && c >= family.size - 3) continue // signs, which never move
        const [up, down] = [1e-6, -1e-6].map((h) => theta.map((t, k) => (k === c ? t + h : t)))
        expect(pulled[c]).toBeCloseTo((value(up) - value(down)) / 2e-6, 6)
        expect(2 * slope[c]).toBeCloseTo((family.square(up, spare) - family.square(down, spare)) / 2e-6, 6)
      }
    }
  })

  it('answers for many parameters at once as for each', () => {
    const family = atomsOf(problemFor(id))
    const thetas = draws(family, 3)
    const line = linearize(family, stack(family, thetas))
    const G = new Matrix(family.rows, 3, stream(2).normals(3 * family.rows))
    const pulled = line.pull(G)
    thetas.forEach((theta, j) => {
      const out = new Float64Array(family.rows)
      const back = new Float64Array(family.size)
      family.respond(theta, out)
      family.pull(theta, G.columnCopy(j), back)
      out.forEach((value, i) => {
        expect(line.responses.get(i, j)).toBeCloseTo(value, 12)
      })
      back.forEach((value, c) => {
        expect(pulled.get(j, c)).toBeCloseTo(value, 12)
      })
    })
  })
})

it('refuses biases on data that are on no line, and deep networks', () => {
  const biased = problemFor('relu-bias')
  expect(() => atomsOf({ ...biased, summary: { ...biased.summary, rankCentered: 2 } })).toThrow(
    /on a line only/,
  )
  const deep = problemFor('relu')
  expect(() => atomsOf({ ...deep, network: { ...deep.network, layers: 3 } as typeof deep.network })).toThrow(
    /3 layers/,
  )
})
