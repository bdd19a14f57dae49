import {
  CholeskyDecomposition,
  EigenvalueDecomposition,
  Matrix as MlMatrix,
  SingularValueDecomposition,
} from 'ml-matrix'
import { Engine, engine } from '../../core/kernels/engine.ts'
import { gatedAdjoint, gatedProduct } from '../../core/kernels/gated.ts'
import { cholesky } from '../../core/linalg/cholesky.ts'
import { projectPolyhedralCone } from '../../core/linalg/cone.ts'
import { symmetricEigen } from '../../core/linalg/eigen.ts'
import { Matrix } from '../../core/linalg/matrix.ts'
import { byPivotedQr, minimumNorm } from '../../core/linalg/minimum-norm.ts'
import {
  combine,
  dot,
  frobeniusNorm,
  multiply,
  multiplySingle,
  norm2,
  outerGram,
} from '../../core/linalg/products.ts'
import { thinSvd } from '../../core/linalg/svd.ts'
import { stream } from '../../core/random/index.ts'
import { spawnTeamMember } from '../../electron/worker/kernel-team.ts'
import { plainGemm } from './plain-gemm.ts'
import { roofline } from './roofline.ts'
import {
  faster,
  measure,
  measureInTurn,
  mebibytes,
  percent,
  printTable,
  seconds,
  times,
  type Row,
  type Timing,
} from './report.ts'

/** Kernels and linear algebra against ml-matrix and plain JavaScript. `--quick` leaves out the longest lines. */
export async function run(options: readonly string[]): Promise<void> {
  engine().timeTiles(() => performance.now())
  const quick = options.includes('--quick')
  process.stdout.write(
    `Kernels: ${engine().variant} SIMD. Processor time of one thread, best of 3, where not said otherwise.\n`,
  )
  const rates = products(quick)
  await limits(rates)
  gatedStep()
  decompositions(quick)
  projections()
  await threads()
  process.stdout.write(
    `\nPeak resident memory of the process: ${mebibytes(process.resourceUsage().maxRSS * 1024)}\n`,
  )
}

function random(rows: number, cols: number, key = ''): Matrix {
  const source = stream(1).split(`${key} ${rows} ${cols}`)
  return new Matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => source.uniform(-1, 1)),
  )
}

const toMl = (A: Matrix) => MlMatrix.from1DArray(A.rows, A.cols, A.data)

/** Runs `body` and says how much kernel memory it held at most. */
function peakOf(body: () => unknown): number {
  engine().resetPeak()
  body()
  return engine().memoryUse.peak
}

/** GFLOP/s of the best product. */
interface Rates {
  readonly double: number
  readonly single: number
}

function products(quick: boolean): Rates {
  const sizes: readonly [number, number, number][] = [
    [512, 512, 512],
    [1024, 1024, 1024],
    [2048, 2048, 2048],
    [60000, 784, 100],
  ]
  const best = { double: 0, single: 0 }
  const rows = sizes.map(([m, k, n]): Row => {
    const [A, B] = [random(m, k, 'A'), random(k, n, 'B')]
    const operations = 2e-9 * m * k * n
    // Plain JavaScript works at a steady rate: fewer rows are enough to know it.
    const fewer = Math.min(m, k > 1000 ? 128 : 512)
    const part = new Matrix(fewer, k, A.data.slice(0, fewer * k))
    const share = operations * (fewer / m)
    const { ours, ours32, outside, simple, theirs } = engine().scratch((arena) => {
      const [inA, inB, out] = [arena.adopt(A), arena.adopt(B), arena.matrix(m, n)]
      const [a, b, c] = [A, B, out].map((M) => ({
        rows: M.rows,
        cols: M.cols,
        data: arena.float32(M.data.length),
      }))
      a.data.set(A.data)
      b.data.set(B.data)
      const bodies = [
        () => multiply(inA, inB, { out }),
        () => {
          multiplySingle(a, b, c)
        },
        () => multiply(A, B),
        () => plainGemm(part, B, Matrix.zeros(fewer, n)),
      ]
      const before = measureInTurn(bodies)
      // ml-matrix is slower on all rows than on some: once, whole, between two rounds of ours.
      const [mlA, mlB] = [toMl(quick ? part : A), toMl(B)]
      const ml = measure(() => mlA.mmul(mlB), 1).cpu / (quick ? fewer / m : 1)
      const after = measureInTurn(bodies)
      const [ours, ours32, outside, simple] = bodies.map((_, i) => faster(before[i], after[i]).cpu)
      return { ours, ours32, outside, simple, theirs: ml }
    })
    const [ml, plain] = [operations / theirs, share / simple]
    const rate = operations / ours
    best.double = Math.max(best.double, rate)
    best.single = Math.max(best.single, operations / ours32)
    return {
      what: `${m}×${k}·${k}×${n}`,
      figures: [
        rate.toFixed(1),
        (operations / ours32).toFixed(1),
        plain.toFixed(2),
        ml.toFixed(2),
        times(rate / ml),
        times(rate / plain),
        times(ours / ours32),
        times(outside / ours),
        mebibytes(peakOf(() => multiply(A, B))),
      ],
    }
  })
  const columns = [
    'f64',
    'f32',
    'plain',
    'ml-matrix',
    'f64/ml',
    'f64/plain',
    'f32/f64',
    'outside/inside',
    'peak memory outside',
  ]
  printTable(
    'Matrix product, GFLOP/s; arrays in the kernel memory, and the cost of copying when outside',
    columns,
    rows,
  )
  return best
}

/** What the processor allows, what the build without fused multiply-add reaches, and thin products. */
async function limits(best: Rates): Promise<void> {
  const fused = engine().variant === 'relaxed' ? await roofline('relaxed') : undefined
  const plain = await roofline('plain')
  const line = (what: string, { double, single }: Rates): Row => ({
    what,
    figures: [
      double.toFixed(1),
      single.toFixed(1),
      fused ? percent(double / fused.registers.double) : '–',
      fused ? percent(single / fused.registers.single) : '–',
    ],
  })
  printTable(
    'Limits, GFLOP/s of one thread',
    ['f64', 'f32', 'of the peak', 'of the peak'],
    [
      ...(fused ? [line('fused multiply-adds, nothing else (peak)', fused.registers)] : []),
      ...(fused ? [line('tile in registers, strips in the first-level cache', fused.tile)] : []),
      line('the best product above', best),
      line('without fused multiply-add: tile in registers', plain.tile),
      line('  product 1024', productOf(new Engine('plain'), 1024)),
    ],
  )
  thinProducts()
}

/** GFLOP/s of a square product by one engine. */
function productOf(host: Engine, n: number): Rates {
  host.timeTiles(() => performance.now())
  const rate = (single: boolean) =>
    host.scratch((arena) => {
      const [a, b, c] = ['A', 'B', 'C'].map((key) => {
        const data = single ? arena.float32(n * n) : arena.float64(n * n)
        data.set(random(n, n, key).data)
        return data.byteOffset
      })
      const shape = { m: n, n, k: n, lda: n, ldb: n, ldc: n, single }
      return (2e-9 * n ** 3) / measure(() => host.multiply({ ...shape, a, b, c })).cpu
    })
  return { double: rate(false), single: rate(true) }
}

/** Products of few columns read A once: what counts is how fast. */
function thinProducts(): void {
  const rows = [1, 3, 8].map((n): Row => {
    const gigabytes = (1500 * 3072 * 8) / 1e9
    const [X, V, R] = [random(1500, 3072), random(3072, n), random(1500, n)]
    return engine().scratch((arena) => {
      const inX = arena.adopt(X)
      const bodies = [() => multiply(inX, V), () => multiply(inX, R, { transposeA: true })]
      const [forward, back] = measureInTurn(bodies).map(({ cpu }) => cpu)
      return {
        what: `X·V, Xᵀ·R with ${n} columns`,
        figures: [
          seconds(forward),
          seconds(back),
          (gigabytes / forward).toFixed(1),
          (gigabytes / back).toFixed(1),
        ],
      }
    })
  })
  printTable('Thin products, X 1500×3072', ['X·V', 'Xᵀ·R', 'GB/s', 'GB/s'], rows)
}

/** The step of the convex programs: Σ D_p·X·v_p, then Xᵀ·D_p·r for all p. */
function gatedStep(): void {
  const [n, d, P] = [4000, 784, 500]
  const source = stream(2)
  const gates = {
    rows: n,
    cols: P,
    data: Uint8Array.from({ length: n * P }, () => (source.uniform() < 0.5 ? 1 : 0)),
  }
  engine().scratch((arena) => {
    const [X, V, R] = [arena.adopt(random(n, d)), arena.adopt(random(d, P)), arena.adopt(random(n, 1))]
    const [wide, back] = [arena.matrix(n, P), arena.matrix(d, P)]
    const products = () => {
      multiply(X, V, { out: wide })
      multiply(X, wide, { transposeA: true, out: back })
    }
    const step = () => {
      gatedProduct(X, gates, V)
      gatedAdjoint(X, gates, R)
    }
    const [bare, gated] = measureInTurn([products, step], 7).map(({ cpu }) => cpu)
    printTable(
      'Gated step n=4000, d=784, P=500',
      ['step', 'its two products', 'ratio', 'kernel memory'],
      [{ what: '', figures: [seconds(gated), seconds(bare), times(gated / bare), mebibytes(peakOf(step))] }],
    )
  })
}

function decompositions(quick: boolean): void {
  const rows: Row[] = []
  const compare = (what: string, ours: () => unknown, theirs?: () => unknown) => {
    // In turns: busy spells of the machine last longer than a decomposition.
    const bodies = theirs && !quick ? [ours, theirs] : [ours]
    const rounds = Array.from({ length: theirs ? 3 : 2 }, () => measureInTurn(bodies, 1))
    const [mine, other] = bodies.map((_, at) => rounds.map((round) => round[at]).reduce(faster).cpu)
    const compared = other === undefined ? ['–', '–'] : [seconds(other), times(other / mine)]
    rows.push({ what, figures: [seconds(mine), ...compared, mebibytes(peakOf(ours))] })
  }
  const S = outerGram(random(1024, 1024))
  compare(
    'symmetric eigen 1024',
    () => symmetricEigen(S),
    () => new EigenvalueDecomposition(toMl(S), { assumeSymmetric: true }),
  )
  const A = random(1024, 1024)
  compare(
    'thin SVD 1024×1024',
    () => thinSvd(A),
    () => new SingularValueDecomposition(toMl(A)),
  )
  const G = outerGram(random(2048, 2100))
  compare(
    'Cholesky 2048',
    () => cholesky(G),
    () => new CholeskyDecomposition(toMl(G)),
  )
  if (!quick) {
    const large = random(3072, 1500)
    compare('thin SVD 3072×1500', () => thinSvd(large))
    const big = outerGram(random(3000, 100))
    compare('symmetric eigen 3000', () => symmetricEigen(combine(1, big, 1, big)))
  }
  printTable('Decompositions', ['ours', 'ml-matrix', 'ratio', 'kernel memory'], rows)
}

function projections(): void {
  const [G, z] = [random(200, 20), random(20, 1).data]
  const inside = random(20, 1, 'inside').data
  for (let i = 0; i < 200; i++) {
    if (dot(G.row(i), inside) < 0) G.row(i).forEach((value, j, row) => (row[j] = -value))
  }
  const { active } = projectPolyhedralCone(G, z)
  const source = stream(3)
  const moved = Array.from({ length: 200 }, () => z.map((value) => value + 1e-2 * source.normal()))
  const each = (warm: readonly number[]) =>
    measure(() => moved.forEach((point) => projectPolyhedralCone(G, point, warm))).cpu / 200
  printTable(
    'Projection onto {u : Gu ≥ 0}, m=200, d=20',
    ['cold', 'warm'],
    [{ what: '', figures: [seconds(each([])), seconds(each(active))] }],
  )
}

/** Elapsed time, since several threads work: of interest on a quiet machine only. */
async function threads(): Promise<void> {
  const sizes = [1024, 2048]
  const inputs = sizes.map((n) => [random(n, n, 'A'), random(n, n, 'B')] as const)
  const [X, Y] = [random(1500, 3072), random(1500, 3)]
  const solve = [() => minimumNorm(X, Y), () => byPivotedQr(X, Y)]
  const measureAll = () => [
    ...inputs.map(([A, B]) =>
      engine().scratch((arena) => {
        const [a, b, out] = [arena.adopt(A), arena.adopt(B), arena.matrix(A.rows, B.cols)]
        return measure(() => multiply(a, b, { out }))
      }),
    ),
    ...measureInTurn(solve, 1),
  ]
  let alone = measureAll()
  let together = alone.map((): Timing => ({ cpu: Infinity, wall: Infinity }))
  let memory: number[] = []
  for (let round = 0; round < 3; round++) {
    engine().hire(spawnTeamMember, 1)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const times = measureAll()
    together = together.map((best, i) => faster(best, times[i]))
    if (round === 0) memory = solve.map(peakOf)
    engine().dismiss()
    const again = measureAll()
    alone = alone.map((best, i) => faster(best, again[i]))
  }
  const line = (what: string, one: number, two: number, held = ''): Row => ({
    what,
    figures: [seconds(one), seconds(two), times(one / two), held],
  })
  printTable(
    'Threads, elapsed time',
    ['one', 'two', 'ratio', 'kernel memory'],
    [
      ...sizes.map((n, i) => line(`product ${n}`, alone[i].wall, together[i].wall)),
      line('minimum norm 1500×3072, K=3, Gram', alone[2].wall, together[2].wall, mebibytes(memory[0])),
      line('  the same, processor time', alone[2].cpu, together[2].cpu),
      line('minimum norm by pivoted QR', alone[3].wall, together[3].wall, mebibytes(memory[1])),
      line('  the same, processor time', alone[3].cpu, together[3].cpu),
    ],
  )
  reportValue(X, Y)
}

/** The squared norm of the solution is ⟨Y, (XXᵀ)⁻¹Y⟩: both routes against it. */
function reportValue(X: Matrix, Y: Matrix): void {
  const { X: gram, gramCondition } = minimumNorm(X, Y)
  const { X: qr } = byPivotedQr(X, Y)
  const formula = dot(Y.data, cholesky(outerGram(X)).solve(Y).data)
  const off = (W: Matrix) => Math.abs(norm2(W.data) ** 2 / formula - 1).toExponential(1)
  const unmet = (W: Matrix) =>
    (frobeniusNorm(combine(1, multiply(X, W), -1, Y)) / frobeniusNorm(Y)).toExponential(1)
  process.stdout.write(
    `Value formula off by ${off(gram)} (Gram), ${off(qr)} (QR); ‖XW − Y‖/‖Y‖ ${unmet(gram)}, ${unmet(qr)}; ` +
      `condition of the Gram matrix about ${gramCondition.toExponential(1)}\n`,
  )
}
