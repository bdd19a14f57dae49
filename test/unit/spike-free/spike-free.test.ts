import { describe, expect, it } from 'vitest'
import { spikeFreeTest, spikeFreeTestWithBias } from '../../../core/geometry/spike-free.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply, multiplyVector, norm2 } from '../../../core/linalg/products.ts'
import { pseudoInverse, thinSvd } from '../../../core/linalg/svd.ts'
import { stream } from '../../../core/random/index.ts'

const gaussian = (n: number, d: number, seed: number) => new Matrix(n, d, stream(seed).normals(n * d))

/** Orthonormal rows for n ≤ d, orthonormal columns for n ≥ d. */
function whitened(n: number, d: number, seed: number): Matrix {
  const { U, V } = thinSvd(gaussian(n, d, seed))
  return multiply(U, V, { transposeB: true })
}

/** The definition at one u (THEORY 5.10): by how much (Mu)₊ is outside the range, and how long its shortest z is. */
function definition(A: Matrix, u: Float64Array, b = 0) {
  const y = multiplyVector(A, u).map((t) => Math.max(0, t + b))
  const z = multiplyVector(pseudoInverse(A, 1e-10), y)
  const missed = multiplyVector(A, z).map((t, i) => t - y[i])
  return { outside: norm2(missed) / (norm2(y) || 1), stretch: norm2(z) / norm2(u) }
}

/** Directions that matter on small matrices: many random ones, rows, and preimages of two-signed responses. */
function directions(A: Matrix, count: number): Float64Array[] {
  const source = stream(77)
  const inverse = pseudoInverse(A, 1e-10)
  const found = Array.from({ length: count }, () => source.normals(A.cols))
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < A.rows; j++) {
      if (i === j) continue
      for (const s of [0.3, 1, 3, 10, 100]) {
        const t = new Float64Array(A.rows)
        t[i] = s
        t[j] = -1
        found.push(multiplyVector(inverse, t))
      }
    }
  }
  return found.filter((u) => norm2(u) > 0)
}

function violates(A: Matrix): boolean {
  return directions(A, 400).some((u) => {
    const { outside, stretch } = definition(A, u)
    return outside > 1e-7 || stretch > 1 + 1e-7
  })
}

/** The witness must violate the definition itself, evaluated apart from the test. */
function expectWitness(A: Matrix): void {
  const { witness } = spikeFreeTest(A)
  const { outside, stretch } = definition(A, witness!.u)
  expect(norm2(witness!.u)).toBeCloseTo(1, 12)
  expect(outside > 1e-9 || stretch > 1 + 1e-12).toBe(true)
  expect(witness!.rows[0]).toBeLessThan(witness!.rows[1])
}

describe('the spike-free test (THEORY 5.10)', () => {
  it('agrees with the definition on small random matrices', () => {
    const answers = { yes: 0, no: 0 }
    const source = stream(5)
    for (let trial = 0; trial < 120; trial++) {
      const n = 2 + source.integer(3)
      const d = 1 + source.integer(4)
      const A = gaussian(n, d, 1000 + trial)
      // Rows at obtuse angles of each other are spike-free more often than Gaussian ones.
      if (trial % 3 === 0 && d >= n) for (let i = 0; i < n; i++) A.set(i, i, 3 + A.get(i, i))
      if (trial % 5 === 0) A.row(n - 1).set(A.row(0).map((a) => 2.5 * a))
      if (trial % 7 === 0) A.row(0).fill(0)
      const { spikeFree, correlation } = spikeFreeTest(A)
      // Within 1e-3 of the boundary a search would need more directions.
      if (Math.abs(correlation) < 1e-3) continue
      answers[spikeFree ? 'yes' : 'no']++
      expect(violates(A), `trial ${trial}`).toBe(!spikeFree)
      if (!spikeFree) expectWitness(A)
    }
    expect(answers.yes).toBeGreaterThan(15)
    expect(answers.no).toBeGreaterThan(30)
  })

  it('passes whitened rows, XXᵀ = I', () => {
    for (const seed of [1, 2, 3]) {
      const { spikeFree, correlation } = spikeFreeTest(whitened(6, 9, seed))
      expect(spikeFree).toBe(true)
      expect(Math.abs(correlation)).toBeLessThan(1e-12)
    }
  })

  it('fails tall data with XᵀX = I, whose rows depend on each other', () => {
    const A = whitened(9, 4, 1)
    expect(spikeFreeTest(A)).toMatchObject({ spikeFree: false, correlation: 1 })
    expectWitness(A)
  })

  it('passes rank-one data c·aᵀ with c ≥ 0, and no other', () => {
    const a = stream(3).normals(5)
    const rankOne = (c: number[]) => Matrix.fromRows(c.map((size) => a.map((t) => size * t)))
    expect(spikeFreeTest(rankOne([0, 1, 2.5, 1e-3])).spikeFree).toBe(true)
    expect(spikeFreeTest(rankOne([0, 1, -2.5, 2])).witness?.rows).toEqual([1, 2])
    expectWitness(rankOne([0, 1, -2.5, 2]))
  })

  it('passes diagonal matrices and diagonal times orthonormal rows', () => {
    const Q = whitened(4, 6, 8)
    const scaled = Matrix.fromRows([3, 0.01, 1, 50].map((s, i) => Q.row(i).map((q) => s * q)))
    expect(spikeFreeTest(scaled).spikeFree).toBe(true)
  })

  it('finds no spike-free matrix among 60 Gaussian ones of 5×1000', () => {
    // Nearly orthogonal rows: each of the ten pairs is as likely to fail as not, one matrix in 2¹⁰ passes.
    const answers = Array.from({ length: 60 }, (_, k) => spikeFreeTest(gaussian(5, 1000, 100 + k)))
    expect(answers.filter(({ spikeFree }) => spikeFree)).toHaveLength(0)
    expect(Math.max(...answers.map(({ correlation }) => correlation))).toBeLessThan(0.15)
  })

  it('decides on the angle between two rows: obtuse passes are acute inverses', () => {
    // Two rows: (CCᵀ)⁻¹ has the off-diagonal sign of −⟨a₁, a₂⟩.
    const pair = (angle: number) =>
      Matrix.fromRows([
        [1, 0],
        [Math.cos(angle), Math.sin(angle)],
      ])
    expect(spikeFreeTest(pair(Math.PI / 2 - 1e-3)).spikeFree).toBe(true)
    expect(spikeFreeTest(pair(Math.PI / 2 + 1e-3)).spikeFree).toBe(false)
    expect(spikeFreeTest(pair(Math.PI / 2)).spikeFree).toBe(true)
  })

  it('gives the stretch of a pair in closed form, 1/√(1 − r²)', () => {
    const A = gaussian(4, 9, 6)
    const { witness, correlation } = spikeFreeTest(A)
    expect(witness!.outside).toBeLessThan(1e-12)
    expect(witness!.stretch).toBeCloseTo(1 / Math.sqrt(1 - correlation ** 2), 10)
    expect(definition(A, witness!.u).stretch).toBeCloseTo(witness!.stretch, 10)
  })

  it('does not change with zero rows, repeated rows and positive multiples', () => {
    for (const A of [whitened(3, 5, 2), gaussian(3, 5, 2)]) {
      const more = Matrix.fromRows([
        ...Array.from({ length: 3 }, (_, i) => A.row(i)),
        new Float64Array(5),
        A.row(1),
        A.row(2).map((a) => 1e-6 * a),
      ])
      const [plain, padded] = [spikeFreeTest(A), spikeFreeTest(more)]
      expect(padded.spikeFree).toBe(plain.spikeFree)
      expect(padded.correlation).toBeCloseTo(plain.correlation, 12)
    }
  })

  it('passes no rows, zero rows and one row', () => {
    expect(spikeFreeTest(Matrix.zeros(0, 3)).spikeFree).toBe(true)
    expect(spikeFreeTest(Matrix.zeros(3, 2)).spikeFree).toBe(true)
    expect(spikeFreeTest(Matrix.fromRows([[1, 2]])).spikeFree).toBe(true)
  })

  it('is quick where rows are many: five thousand of 20 features', () => {
    const A = gaussian(5000, 20, 1)
    expect(spikeFreeTest(A).spikeFree).toBe(false)
    expectWitness(A)
  })
})

describe('the spike-free test with biases', () => {
  /** The limit M → ∞ of the plain test of [A, M·1]. */
  const lifted = (A: Matrix, M: number) =>
    Matrix.fromRows(Array.from({ length: A.rows }, (_, i) => [...A.row(i), M]))

  it('is the limit of the test of [A, M·1]', () => {
    let yes = 0
    for (let seed = 0; seed < 40; seed++) {
      const n = 2 + (seed % 3)
      const A = gaussian(n, n, 300 + seed)
      if (seed % 2 === 0) for (let i = 0; i < n; i++) A.set(i, i, A.get(i, i) + 4)
      const { spikeFree, correlation } = spikeFreeTestWithBias(A)
      const limit = spikeFreeTest(lifted(A, 3e3))
      expect(correlation).toBeCloseTo(limit.correlation, 4)
      yes += spikeFree ? 1 : 0
      if (Math.abs(correlation) > 1e-4) expect(limit.spikeFree).toBe(spikeFree)
    }
    expect(yes).toBeGreaterThan(5)
  })

  it('asks for a simplex without obtuse angles', () => {
    const triangle = (top: number) =>
      Matrix.fromRows([
        [0, 0],
        [1, 0],
        [top, 1],
      ])
    expect(spikeFreeTestWithBias(triangle(0.5)).spikeFree).toBe(true)
    expect(spikeFreeTestWithBias(triangle(0)).spikeFree).toBe(true)
    expect(spikeFreeTestWithBias(triangle(-0.2))).toMatchObject({ spikeFree: false })
    expect(spikeFreeTestWithBias(Matrix.fromRows([[3], [5], [3]])).spikeFree).toBe(true)
    expect(spikeFreeTestWithBias(Matrix.fromRows([[3], [5], [4]]))).toMatchObject({ correlation: 1 })
  })

  it('has witnesses that violate the definition with a free bias', () => {
    const cases = [
      Matrix.fromRows([
        [0, 0],
        [1, 0],
        [-0.2, 1],
      ]),
      Matrix.fromRows([[3], [5], [4]]),
      gaussian(7, 2, 5),
      new Matrix(
        4,
        3,
        gaussian(4, 3, 6).data.map((a) => 1e4 + a),
      ),
    ]
    for (const A of cases) {
      const { witness } = spikeFreeTestWithBias(A)
      const { u, b } = witness!
      const y = multiplyVector(A, u).map((t) => Math.max(0, t + b))
      // The ones cost nothing: weigh them so that their coefficient does not count.
      const scaled = Matrix.fromRows(Array.from({ length: A.rows }, (_, i) => [...A.row(i), 1e6]))
      const z = multiplyVector(pseudoInverse(scaled, 1e-14), y)
      const rest = multiplyVector(scaled, z).map((t, i) => t - y[i])
      const violation = Math.max(norm2(rest) / norm2(y) - 1e-6, norm2(z.slice(0, A.cols)) - 1 - 1e-6)
      expect(violation).toBeGreaterThan(0)
    }
  })
})
