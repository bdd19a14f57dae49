import { describe, expect, it } from 'vitest'
import { solveByLagrangian } from '../../../core/atoms/master-lagrangian.ts'
import type { MasterProblem, MasterSolution } from '../../../core/atoms/master-problem.ts'
import { solveMaster, zeroPoint } from '../../../core/atoms/master.ts'
import type { LossId } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply, norm2, rowNorms } from '../../../core/linalg/products.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { stream } from '../../../core/random/index.ts'
import { labelsFor, SMOOTH } from './fixtures.ts'

interface Shape {
  n?: number
  m?: number
  outputs?: number
  beta?: number
  free?: boolean
}

function masterProblem(
  loss: LossId,
  { n = 30, m = 20, outputs = 1, beta = 0.4, free = false }: Shape = {},
): MasterProblem {
  const source = stream(6)
  const Phi = new Matrix(
    n,
    m,
    source.normals(n * m).map((value) => Math.max(0, value)),
  )
  return {
    Phi,
    free: free ? new Matrix(n, 1, new Float64Array(n).fill(1)) : null,
    Y: labelsFor(loss, n, outputs, 3),
    loss: LOSSES[loss],
    beta,
  }
}

/** Primal and dual values computed from the returned point alone: weak duality proves both. */
function proof({ Phi, free, Y, loss, beta }: MasterProblem, { C, B, V }: MasterSolution) {
  const F = multiply(Phi, C)
  if (free) multiply(free, B, { beta: 1, out: F })
  const primal = loss.value(F, Y) + beta * rowNorms(C).reduce((sum, norm) => sum + norm, 0)
  const rho = Math.max(...rowNorms(multiply(Phi, V, { transposeA: true })))
  const scale = Math.min(1, beta / rho)
  const dual = loss.dualValue(
    new Matrix(
      V.rows,
      V.cols,
      V.data.map((v) => scale * v),
    ),
    Y,
  )
  const leak = free ? norm2(multiply(free, V, { transposeA: true }).data) : 0
  return { primal, dual, leak }
}

const CASES: [LossId, Shape][] = [
  ['squared', {}],
  ['squared', { outputs: 3, free: true }],
  ['squared', { n: 15, m: 40, beta: 0.05 }],
  ['logistic', { free: true }],
  ['logistic', { n: 15, m: 40 }],
  ['hinge', {}],
  ['hinge', { free: true, beta: 1 }],
  ['cross-entropy', { outputs: 3 }],
  ['cross-entropy', { outputs: 3, free: true, beta: 1 }],
  ['equality', { n: 15, m: 25, beta: 1 }],
  ['equality', { n: 15, m: 25, outputs: 2, free: true, beta: 1 }],
]

describe('the problem over fixed atoms', () => {
  it.each(CASES)('%s %j: closes the gap, proved from the returned point', (loss, shape) => {
    const problem = masterProblem(loss, shape)
    const solution = solveMaster(problem, 1e-9)
    const { primal, dual, leak } = proof(problem, solution)
    expect(solution.status).toBe('solved')
    expect(primal).toBeCloseTo(solution.primal, 10)
    expect(dual).toBeCloseTo(solution.dual, 10)
    expect(Math.abs(primal - dual)).toBeLessThanOrEqual(2e-9 * primal)
    expect(leak).toBeLessThan(1e-11)
  })

  it.each(SMOOTH)('%s: Newton on the weights agrees with proximal steps in the dual', (loss) => {
    const problem = masterProblem(loss, { outputs: loss === 'cross-entropy' ? 3 : 1 })
    const dual = solveByLagrangian(problem, 1e-9, zeroPoint(problem))
    expect(dual.status).not.toBe('stalled')
    expect(solveMaster(problem, 1e-9).primal).toBeCloseTo(dual.primal, 6)
  })

  it('starts where it is told and never returns anything worse', () => {
    const problem = masterProblem('squared')
    const first = solveMaster(problem, 1e-9)
    const again = solveMaster(problem, 1e-9, first)
    expect(again.primal).toBeLessThanOrEqual(first.primal)
    expect(solveMaster(problem, 1e9, first).primal).toBe(first.primal)
  })

  it('is zero from β_max on', () => {
    const problem = masterProblem('squared')
    const rho = Math.max(...rowNorms(multiply(problem.Phi, problem.Y, { transposeA: true })))
    const above = solveMaster({ ...problem, beta: 1.0001 * rho }, 1e-9)
    const below = solveMaster({ ...problem, beta: 0.999 * rho }, 1e-9)
    expect(norm2(above.C.data)).toBe(0)
    expect(rowNorms(below.C).filter((norm) => norm > 0)).toHaveLength(1)
  })

  it('copes with atoms that are nearly the same', () => {
    const problem = masterProblem('squared', { m: 10 })
    const Phi = Matrix.zeros(30, 20)
    for (let i = 0; i < 30; i++) {
      for (let j = 0; j < 10; j++) {
        Phi.set(i, j, problem.Phi.get(i, j))
        Phi.set(i, 10 + j, problem.Phi.get(i, j) * (1 + 1e-9 * i))
      }
    }
    const twins = { ...problem, Phi }
    const { primal, dual } = proof(twins, solveMaster(twins, 1e-9))
    expect(primal - dual).toBeLessThanOrEqual(2e-9 * primal)
  })
})
