import type { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import { bisect, boundedCone, type PiecewiseLinear, type SimplicialCone } from './simplicial-cone.ts'

export interface RhoBounds {
  /** ρ(v) ≤ upper for all u, whatever was left open. */
  upper: number
  /** |f(u)| at the best unit vector seen. */
  lower: number
  /** Cones bounded. */
  cones: number
}

export interface SearchSettings {
  /** Values up to this are of no interest: β. */
  floor: number
  /** Stop when upper ≤ (1 + epsilon)·max(lower, floor). */
  epsilon: number
  /** A budget that does not depend on the machine. */
  maxCones: number
  halt?: () => boolean
}

/**
 * Bounds ρ(v) = max over ‖u‖ ≤ 1 of |Σ vᵢ(aᵢᵀu)₊| over *all* u by branch and bound over simplicial cones, best first
 * (THEORY §4): the orthants, bisected at their longest edge. Exact to any ε for low rank; the bound reached is valid
 * whenever the budget ends the search.
 *
 * @param A n×r; @param v n entries
 */
export function boundRho(A: Matrix, v: Float64Array, settings: SearchSettings): RhoBounds {
  if (A.cols === 0) return { upper: 0, lower: 0, cones: 0 }
  const problem = { A, v }
  const open = new ConeHeap()
  let lower = 0
  let cones = 0
  const closing = () => (1 + settings.epsilon) * Math.max(lower, settings.floor)
  // Rays (rank 1) are bounded exactly and never stay open, so what is bisected has an edge.
  const consider = (cone: SimplicialCone) => {
    cones++
    lower = Math.max(lower, cone.value)
    if (cone.bound > closing()) open.push(cone)
  }
  for (const cone of orthants(problem)) consider(cone)
  while (open.top && open.top.bound > closing() && cones < settings.maxCones && !settings.halt?.()) {
    for (const half of bisect(problem, open.pop())) consider(half)
  }
  return { upper: Math.max(open.top?.bound ?? 0, closing()), lower, cones }
}

/** The 2ʳ orthants for each sign of v. */
function orthants(problem: PiecewiseLinear): SimplicialCone[] {
  const r = problem.A.cols
  const rows = Int32Array.from({ length: problem.A.rows }, (_, j) => j).filter(
    (j) => norm2(problem.A.row(j)) > 0,
  )
  return Array.from({ length: 2 ** (r + 1) }, (_, code) => {
    const vertices = Array.from({ length: r }, (__, k) => {
      const axis = new Float64Array(r)
      axis[k] = (code >> k) & 1 ? 1 : -1
      return axis
    })
    return boundedCone(problem, code >> r ? 1 : -1, vertices, rows, new Float64Array(r))
  })
}

/** A binary heap with the largest bound on top. */
class ConeHeap {
  private readonly items: SimplicialCone[] = []

  get top(): SimplicialCone | undefined {
    return this.items[0]
  }

  push(cone: SimplicialCone): void {
    const { items } = this
    let at = items.push(cone) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (items[parent].bound >= cone.bound) break
      items[at] = items[parent]
      at = parent
    }
    items[at] = cone
  }

  /** Removes the top of a heap that is not empty. */
  pop(): SimplicialCone {
    const { items } = this
    const top = items[0]
    const last = items.pop()!
    if (items.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && items[child + 1].bound > items[child].bound) child++
      if (items[child].bound <= last.bound) break
      items[at] = items[child]
      at = child
    }
    items[at] = last
    return top
  }
}
