import createScs from 'scs-solver'
import type { Matrix } from '../../../core/linalg/matrix.ts'

type Terms = [column: number, value: number][]

/** The rows s = rhs − Σ value·x of a cone program, cone by cone. */
class Rows {
  readonly entries: [row: number, column: number, value: number][] = []
  readonly b: number[] = []

  add(terms: Terms, rhs: number): void {
    for (const [column, value] of terms) if (value !== 0) this.entries.push([this.b.length, column, value])
    this.b.push(rhs)
  }
}

export type ScalarLoss = 'squared' | 'hinge' | 'logistic' | 'equality'

/**
 * The optimal value of min ℓ(Xw, y) + β‖w‖₂ by SCS on its cone form (equality: β = 1): variables w, t ≥ ‖w‖, and a
 * loss term for every row.
 */
export async function scsValue(X: Matrix, y: Float64Array, loss: ScalarLoss, beta: number): Promise<number> {
  const [n, d] = [X.rows, X.cols]
  const [t, first] = [d, d + 1]
  const along = (i: number, scale: number): Terms =>
    [...X.row(i)].map((value, c): [number, number] => [c, scale * value])
  const rows = new Rows()
  let columns = d + 1
  const cone: Record<string, unknown> = {}
  const cost = new Map([[t, loss === 'equality' ? 1 : beta]])
  const quadratic: number[] = []
  if (loss === 'equality') for (let i = 0; i < n; i++) rows.add(along(i, 1), y[i])
  if (loss === 'squared') {
    columns += n
    // F = Xw, and ½‖F‖² − yᵀF in the objective.
    for (let i = 0; i < n; i++) {
      rows.add([[first + i, -1], ...along(i, 1)], 0)
      quadratic.push(first + i)
      cost.set(first + i, -y[i])
    }
  }
  cone.z = rows.b.length
  if (loss === 'hinge') {
    columns += n
    for (let i = 0; i < n; i++) {
      rows.add([[first + i, -1]], 0)
      rows.add([[first + i, -1], ...along(i, -y[i])], -1)
      cost.set(first + i, 1)
    }
  }
  if (loss === 'logistic') {
    columns += 3 * n
    // u + v ≤ 1 with u ≥ e^{−s}, v ≥ e^{−m−s}: s ≥ log(1 + e^{−m}).
    for (let i = 0; i < n; i++) {
      rows.add(
        [
          [first + n + i, 1],
          [first + 2 * n + i, 1],
        ],
        1,
      )
      cost.set(first + i, 1)
    }
  }
  cone.l = rows.b.length - (cone.z as number)
  rows.add([[t, -1]], 0)
  for (let c = 0; c < d; c++) rows.add([[c, -1]], 0)
  Object.assign(cone, { q: [d + 1], qsize: 1 })
  if (loss === 'logistic') {
    for (let i = 0; i < n; i++) {
      for (const [part, margin] of [
        [n, 0],
        [2 * n, y[i]],
      ]) {
        rows.add([[first + i, 1], ...(margin === 0 ? [] : along(i, margin))], 0)
        rows.add([], 1)
        rows.add([[first + part + i, -1]], 0)
      }
    }
    cone.ep = 2 * n
  }
  const value = await minimum(rows, columns, cost, quadratic, cone)
  return value + (loss === 'squared' ? 0.5 * y.reduce((sum, target) => sum + target ** 2, 0) : 0)
}

async function minimum(
  { entries, b }: Rows,
  columns: number,
  cost: ReadonlyMap<number, number>,
  quadratic: readonly number[],
  cone: object,
): Promise<number> {
  const sorted = [...entries].sort((p, q) => p[1] - q[1] || p[0] - q[0])
  const starts = (list: readonly number[]) =>
    Array.from({ length: columns + 1 }, (_, c) => list.filter((column) => column < c).length)
  const data = {
    m: b.length,
    n: columns,
    A_x: sorted.map(([, , value]) => value),
    A_i: sorted.map(([row]) => row),
    A_p: starts(sorted.map(([, column]) => column)),
    P_x: quadratic.map(() => 1),
    P_i: quadratic,
    P_p: starts(quadratic),
    b,
    c: Array.from({ length: columns }, (_, k) => cost.get(k) ?? 0),
  }
  const SCS = await createScs()
  const settings = new SCS.ScsSettings()
  SCS.setDefaultSettings(settings)
  Object.assign(settings, { epsAbs: 1e-9, epsRel: 1e-9, maxIters: 200_000, verbose: false })
  return SCS.solve(data, cone, settings).info.pobj
}
