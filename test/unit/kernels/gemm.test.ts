import { describe, expect, it } from 'vitest'
import { Engine, engine } from '../../../core/kernels/engine.ts'
import { gemm, type GemmOptions } from '../../../core/kernels/gemm.ts'
import { gemmScattered } from '../../../core/kernels/scattered.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { gram, multiply, multiplySingle, outerGram } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'
import { randomMatrix, sameBits } from '../linalg/matrices.ts'

/** Three nested loops: the definition. */
function reference(A: Matrix, B: Matrix, C: Matrix, options: GemmOptions): Matrix {
  const { transposeA = false, transposeB = false, alpha = 1, beta = 0, rowMask } = options
  const result = Matrix.zeros(C.rows, C.cols)
  const inner = transposeA ? A.rows : A.cols
  for (let i = 0; i < C.rows; i++) {
    for (let j = 0; j < C.cols; j++) {
      let sum = 0
      for (let k = 0; k < inner; k++) {
        if (rowMask?.[transposeA ? k : i] === 0) continue
        sum += (transposeA ? A.get(k, i) : A.get(i, k)) * (transposeB ? B.get(j, k) : B.get(k, j))
      }
      result.set(i, j, alpha * sum + (beta === 0 ? 0 : beta * C.get(i, j)))
    }
  }
  return result
}

function largestDifference(A: ArrayLike<number>, B: ArrayLike<number>): number {
  return Array.from(A).reduce((largest, value, i) => Math.max(largest, Math.abs(value - B[i])), 0)
}

const sizes: readonly [number, number, number][] = [
  [1, 1, 1],
  [6, 4, 2],
  [7, 5, 3],
  [5, 1, 40],
  [1, 50, 30],
  [49, 31, 23],
  [130, 37, 300],
  [500, 9, 530],
  [20, 1050, 6],
  // Few columns: rows of A where they lie.
  [903, 3, 301],
  [6, 8, 11000],
  [700, 1, 731],
]
const transposes = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const))

function operands(m: number, n: number, k: number, transposeA: boolean, transposeB: boolean) {
  const A = transposeA ? randomMatrix(k, m, 'A') : randomMatrix(m, k, 'A')
  const B = transposeB ? randomMatrix(n, k, 'B') : randomMatrix(k, n, 'B')
  const C = randomMatrix(m, n, 'C')
  const source = stream(2)
  const rowMask = Uint8Array.from({ length: A.rows }, () => (source.uniform() < 0.6 ? 1 : 0))
  return { A, B, C, rowMask }
}

describe('matrix product', () => {
  it.each(sizes)('%i×%i of depth %i: transposes, mask, α and β, arrays inside and outside', (m, n, k) => {
    for (const [transposeA, transposeB] of transposes) {
      const { A, B, C, rowMask } = operands(m, n, k, transposeA, transposeB)
      const options = { transposeA, transposeB, alpha: 0.5, beta: -2, rowMask }
      const expected = reference(A, B, C, options)
      const outside = multiply(A, B, { ...options, out: C.clone() })
      expect(largestDifference(outside.data, expected.data)).toBeLessThan(1e-12 * k + 1e-14)
      engine().scratch((arena) => {
        const inside = arena.adopt(C)
        gemm(arena.adopt(A), arena.adopt(B), inside, options)
        expect(largestDifference(inside.data, expected.data)).toBeLessThan(1e-12 * k + 1e-14)
      })
    }
  })

  it('of more columns and depth than are packed at a time', () => {
    const { A, B, C } = operands(13, 1101, 1103, false, false)
    const options = { alpha: -1, beta: 1 }
    const expected = reference(A, B, C, options)
    expect(largestDifference(multiply(A, B, { ...options, out: C }).data, expected.data)).toBeLessThan(1e-11)
  })

  it('does not depend on where the arrays lie, to the last bit', () => {
    for (const [transposeA, transposeB] of transposes) {
      const { A, B, C } = operands(1500, 40, 1100, transposeA, transposeB)
      const outside = multiply(A, B, { transposeA, transposeB })
      engine().scratch((arena) => {
        const inside = arena.adopt(C)
        multiply(arena.adopt(A), arena.adopt(B), { transposeA, transposeB, out: inside })
        expect(sameBits(inside.data, outside.data)).toBe(true)
      })
    }
  })

  it('does not depend on where the arrays lie for few columns either', () => {
    for (const [transposeA, transposeB] of transposes) {
      const { A, B, C, rowMask } = operands(1501, 3, 1102, transposeA, transposeB)
      const options = { transposeA, transposeB, alpha: 0.3, beta: 1.7, rowMask }
      const outside = multiply(A, B, { ...options, out: C.clone() })
      engine().scratch((arena) => {
        const inside = arena.adopt(C)
        multiply(arena.adopt(A), arena.adopt(B), { ...options, out: inside })
        expect(sameBits(inside.data, outside.data)).toBe(true)
      })
    }
  })

  it('leaves masked rows out even where they are not finite, whatever the shape', () => {
    for (const [m, n, k] of [
      [800, 3, 900],
      [60, 40, 50],
    ] as const) {
      for (const transposeA of [false, true]) {
        const { A, B, C, rowMask } = operands(m, n, k, transposeA, false)
        rowMask.forEach((kept, i) => {
          if (!kept) A.row(i).fill(NaN)
        })
        expect(
          multiply(A, B, { transposeA, rowMask, alpha: -2, beta: 1, out: C }).data.every(Number.isFinite),
        ).toBe(true)
      }
    }
  })

  it('does not read the destination when β is 0', () => {
    const out = new Matrix(40, 40, new Float64Array(1600).fill(NaN))
    multiply(randomMatrix(40, 40), randomMatrix(40, 40), { out })
    expect(out.data.every(Number.isFinite)).toBe(true)
    const thin = new Matrix(900, 2, new Float64Array(1800).fill(NaN))
    multiply(randomMatrix(900, 500), randomMatrix(500, 2), { out: thin })
    expect(thin.data.every(Number.isFinite)).toBe(true)
  })

  it('of depth 0, or with α = 0, is β·C', () => {
    const C = randomMatrix(30, 20)
    const expected = C.data.map((value) => 3 * value)
    expect(multiply(Matrix.zeros(30, 0), Matrix.zeros(0, 20), { beta: 3, out: C.clone() }).data).toEqual(
      expected,
    )
    const zeroed = { alpha: 0, beta: 3, out: C.clone() }
    expect(multiply(randomMatrix(30, 50), randomMatrix(50, 20), zeroed).data).toEqual(expected)
    expect(multiply(Matrix.zeros(0, 5), Matrix.zeros(5, 3)).data.length).toBe(0)
  })

  it('refuses shapes and masks that do not fit', () => {
    const A = randomMatrix(3, 4)
    expect(() => multiply(A, A)).toThrow('Cannot multiply 3×4 by 3×4')
    expect(() => multiply(A, A, { transposeA: true, out: Matrix.zeros(3, 3) })).toThrow('4×4')
    expect(() => multiply(A, A, { transposeB: true, rowMask: new Uint8Array(4) })).toThrow('mask')
  })

  it('in single precision', () => {
    for (const [m, n, k] of sizes) {
      for (const [transposeA, transposeB] of transposes) {
        const { A, B, C } = operands(m, n, k, transposeA, transposeB)
        const single = (M: Matrix) => ({ rows: M.rows, cols: M.cols, data: Float32Array.from(M.data) })
        const result = single(C)
        multiplySingle(single(A), single(B), result, { transposeA, transposeB, alpha: 2, beta: 0.5 })
        const expected = reference(A, B, C, { transposeA, transposeB, alpha: 2, beta: 0.5 })
        expect(largestDifference(result.data, expected.data)).toBeLessThan(1e-5 * (k + 10))
      }
    }
  })

  it('refuses to mix precisions', () => {
    const A = randomMatrix(2, 2)
    expect(() => gemm(A, A, { rows: 2, cols: 2, data: new Float32Array(4) })).toThrow('precision')
  })

  it('Gram matrices are exactly symmetric', () => {
    const A = randomMatrix(90, 61)
    for (const [G, transposeA] of [
      [gram(A), true],
      [outerGram(A), false],
    ] as const) {
      expect(sameBits(G.transpose().data, G.data)).toBe(true)
      const expected = reference(A, A, G, { transposeA, transposeB: !transposeA })
      expect(largestDifference(G.data, expected.data)).toBeLessThan(1e-11)
    }
  })
})

describe('both builds', () => {
  it.each(['relaxed', 'plain'] as const)(
    '%s: a product of blocks with leading dimensions of their own',
    (variant) => {
      const host = new Engine(variant)
      const arena = host.arena()
      const [A, B, C] = [
        arena.adopt(randomMatrix(50, 80, 'A')),
        arena.adopt(randomMatrix(60, 70, 'B')),
        arena.adopt(randomMatrix(40, 90, 'C')),
      ]
      const before = C.clone()
      const at = (M: Matrix, i: number, j: number) => M.data.byteOffset + 8 * (i * M.cols + j)
      host.multiply({
        m: 20,
        n: 33,
        k: 45,
        a: at(A, 3, 5),
        lda: 80,
        b: at(B, 7, 11),
        ldb: 70,
        c: at(C, 13, 17),
        ldc: 90,
      })
      for (let i = 0; i < 40; i++) {
        for (let j = 0; j < 90; j++) {
          let expected = before.get(i, j)
          if (i >= 13 && i < 33 && j >= 17 && j < 50) {
            expected = 0
            for (let k = 0; k < 45; k++) expected += A.get(i - 10, k + 5) * B.get(k + 7, j - 6)
          }
          expect(C.get(i, j)).toBeCloseTo(expected, 12)
        }
      }
    },
  )
})

describe('product of a matrix that is not in one piece', () => {
  it.each([
    [1, 1, 1],
    [13, 7, 20],
    [250, 66, 530],
  ])('%i×%i of depth %i: as of a copy, in either precision, in the kernel memory and outside', (m, n, k) => {
    const source = stream(4)
    const starts = Int32Array.from({ length: m }, () => source.integer(900))
    const offsets = Int32Array.from({ length: k }, () => source.integer(700))
    const values = source.normals(1600)
    const A = { rows: m, cols: k, data: values, starts, offsets }
    const copy = new Matrix(m, k, new Float64Array(m * k))
    for (let i = 0; i < m; i++) for (let j = 0; j < k; j++) copy.set(i, j, values[starts[i] + offsets[j]])
    for (const transposeA of [false, true]) {
      const B = randomMatrix(transposeA ? m : k, n, 'B')
      const C = randomMatrix(transposeA ? k : m, n, 'C')
      const expected = multiply(copy, B, { transposeA, beta: -2, out: C.clone() })
      const outside = C.clone()
      gemmScattered(A, B, outside, { transposeA, beta: -2 })
      expect(largestDifference(outside.data, expected.data)).toBeLessThan(1e-12)
      engine().scratch((arena) => {
        const inside = arena.adopt(C)
        const data = arena.float64(values.length)
        data.set(values)
        gemmScattered({ ...A, data }, arena.adopt(B), inside, { transposeA, beta: -2 })
        expect(largestDifference(inside.data, expected.data)).toBeLessThan(1e-12)
        const single = (entries: Float64Array) => {
          const copied = arena.float32(entries.length)
          copied.set(entries)
          return copied
        }
        const C32 = { rows: C.rows, cols: C.cols, data: single(C.data) }
        const B32 = { rows: B.rows, cols: B.cols, data: single(B.data) }
        gemmScattered({ ...A, data: single(values) }, B32, C32, { transposeA, beta: -2 })
        expect(largestDifference(C32.data, expected.data)).toBeLessThan(2e-4)
      })
    }
  })

  it('refuses shapes that do not match', () => {
    engine().scratch((arena) => {
      const list = new Int32Array(3)
      const A = { rows: 3, cols: 3, data: arena.float64(3), starts: list, offsets: list }
      const [B, C] = [arena.matrix(2, 2), arena.matrix(3, 2)]
      expect(() => gemmScattered(A, B, C)).toThrow('3×3 by 2×2')
    })
  })
})
