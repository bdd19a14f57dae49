import createScs from 'scs-solver'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import type { Dictionary } from '../../../core/programs/dictionary.ts'
import type { ConvexProgram } from '../../../core/programs/program.ts'

/** Sparse rows of a cone program, in the order SCS wants: equalities, inequalities ≥ 0, second-order cones. */
class ConeRows {
  readonly entries: [row: number, column: number, value: number][] = []
  readonly b: number[] = []

  /** Adds the row s = rhs − Σ value·x[column]. */
  add(terms: [number, number][], rhs: number): void {
    for (const [column, value] of terms) if (value !== 0) this.entries.push([this.b.length, column, value])
    this.b.push(rhs)
  }

  compressed(columns: number) {
    const sorted = [...this.entries].sort((p, q) => p[1] - q[1] || p[0] - q[0])
    const A_p = Array.from(
      { length: columns + 1 },
      (_, c) => sorted.filter(([, column]) => column < c).length,
    )
    return { A_x: sorted.map(([, , v]) => v), A_i: sorted.map(([row]) => row), A_p }
  }
}

/**
 * The optimal value of a squared or hinge program by SCS on its cone form, variables (v_b, t_b) for every block, then F,
 * then the hinge's slacks.
 */
export async function scsValue(program: ConvexProgram): Promise<number> {
  const { dictionary, Y, beta, loss } = program
  const [n, r, blocks] = [Y.rows, dictionary.size, program.blocks.count]
  const first = (b: number) => b * (r + 1)
  const F = blocks * (r + 1)
  const columns = F + n + (loss.id === 'hinge' ? n : 0)
  const rows = new ConeRows()
  const sides = Array.from({ length: blocks }, (_, b) => ({
    cell: program.blocks.cell(b),
    response: responses(dictionary, program.blocks.cell(b)),
    sign: program.blocks.output(b)[0],
  }))
  for (let j = 0; j < n; j++) {
    const terms: [number, number][] = [[F + j, -1]]
    sides.forEach(({ response, sign }, b) => {
      for (let c = 0; c < r; c++) terms.push([first(b) + c, sign * response.get(j, c)])
    })
    rows.add(terms, 0)
  }
  const equalities = rows.b.length
  sides.forEach(({ cell }, b) => {
    const G = dictionary.constraints(cell)
    for (let j = 0; j < G.rows; j++) {
      rows.add(
        Array.from({ length: r }, (_, c) => [first(b) + c, -G.get(j, c)] as [number, number]),
        0,
      )
    }
  })
  if (loss.id === 'hinge') {
    for (let j = 0; j < n; j++) {
      rows.add([[F + n + j, -1]], 0)
      rows.add(
        [
          [F + n + j, -1],
          [F + j, -Y.data[j]],
        ],
        -1,
      )
    }
  }
  const inequalities = rows.b.length - equalities
  sides.forEach((_, b) => {
    rows.add([[first(b) + r, -1]], 0)
    for (let c = 0; c < r; c++) rows.add([[first(b) + c, -1]], 0)
  })
  const c = Array.from({ length: columns }, (_, k) => {
    if (k < F) return k % (r + 1) === r ? beta : 0
    return k < F + n ? (loss.id === 'squared' ? -Y.data[k - F] : 0) : 1
  })
  const quadratic = loss.id === 'squared' ? Array.from({ length: n }, (_, j) => F + j) : []
  const data = {
    m: rows.b.length,
    n: columns,
    ...rows.compressed(columns),
    P_x: quadratic.map(() => 1),
    P_i: quadratic,
    P_p: Array.from({ length: columns + 1 }, (_, k) => quadratic.filter((column) => column < k).length),
    b: rows.b,
    c,
  }
  const cone = { z: equalities, l: inequalities, q: sides.map(() => r + 1), qsize: blocks }
  const SCS = await createScs()
  const settings = new SCS.ScsSettings()
  SCS.setDefaultSettings(settings)
  settings.epsAbs = 1e-9
  settings.epsRel = 1e-9
  settings.maxIters = 200_000
  settings.verbose = false
  const { info } = SCS.solve(data, cone, settings)
  return info.pobj + (loss.id === 'squared' ? 0.5 * norm2(Y.data) ** 2 : 0)
}

/** B_i (n×size), column by column. */
function responses(dictionary: Dictionary, cell: number): Matrix {
  const result = Matrix.zeros(dictionary.rows, dictionary.size)
  for (let c = 0; c < dictionary.size; c++) {
    const [unit, response] = [new Float64Array(dictionary.size), new Float64Array(dictionary.rows)]
    unit[c] = 1
    dictionary.respond(cell, unit, 1, response)
    response.forEach((value, j) => result.set(j, c, value))
  }
  return result
}
