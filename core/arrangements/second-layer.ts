import type { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'
import type { LivePattern } from './first-layer.ts'
import { packBits } from './patterns.ts'
import { RowCone } from './row-cone.ts'
import { unitVector } from './two-level.ts'

/** A point this close (relative) to a hyperplane is on it. */
const ON_WALL = 1e-10

/** A first-layer cell of a hidden unit, and the sign of the unit. */
export interface ChosenUnit {
  readonly live: LivePattern
  readonly sign: 1 | -1
}

export interface SecondLayerPattern {
  /** D₂: rows with a positive sum. */
  readonly output: Uint32Array
  /** Rows that a unit reaches, with a negative sum: D₂ when all signs are flipped. */
  readonly complement: Uint32Array
  /** z strictly inside, length 1. */
  readonly point: Float64Array
}

/**
 * Whether a hidden unit that reaches no positive row of the second layer can go: its sign is positive, or it is
 * negative and no positive unit reaches its rows, so that the signs of the sums stay. Another unit halved in its place
 * makes the sub-network cheaper: such a cell is never needed.
 */
export function hasIdleUnit(units: readonly ChosenUnit[], output: Uint32Array): boolean {
  const words = output.length
  const raised = new Uint32Array(words)
  for (const { live, sign } of units) if (sign > 0) for (let w = 0; w < words; w++) raised[w] |= live.bits[w]
  return units.some(({ live: { bits }, sign }) => {
    const blocked = sign > 0 ? output : raised
    return bits.every((word, w) => (word & blocked[w]) === 0)
  })
}

/**
 * The second-layer patterns 1[Σⱼ D₁ⱼA·zⱼ > 0] over the open product of the cells of m₁ hidden units.
 *
 * The hyperplanes hᵢᵀz = 0 of the rows split the product one after another. A region reaches the other side of a
 * hyperplane exactly when the projection of ∓hᵢ on its closure is not zero, and that projection, moved a little towards
 * a point inside, is a point inside the part that is cut off.
 */
export class SecondLayer {
  private readonly A: Matrix
  private readonly cone: RowCone
  /** Row i: hᵢ/‖hᵢ‖. */
  private readonly hyperplanes: Float64Array[]
  /** Of row i: 1 or −1 when its sum can have that sign only, 0 when no unit reaches it, 2 when both are possible. */
  private readonly reach: Int8Array
  /** Signs of the sums in the region that is being split. */
  private readonly signs: Int8Array
  private found: SecondLayerPattern[] = []

  /** @param A n×r; @param units m₁ */
  constructor(A: Matrix, units: number) {
    const size = units * A.cols
    this.A = A
    this.cone = new RowCone(size, A.rows * (units + 1))
    this.hyperplanes = Array.from({ length: A.rows }, () => new Float64Array(size))
    this.reach = new Int8Array(A.rows)
    this.signs = new Int8Array(A.rows)
  }

  patterns(units: readonly ChosenUnit[]): SecondLayerPattern[] {
    this.found = []
    this.enterCells(units)
    for (let i = 0; i < this.A.rows; i++) this.layHyperplane(i, units)
    const inside = new Float64Array(units.length * this.A.cols)
    units.forEach(({ live: { point }, sign }, j) =>
      inside.set(
        point.map((value) => sign * value),
        j * this.A.cols,
      ),
    )
    this.split(0, unitVector(inside))
    return this.found
  }

  /** The walls of the cells of all units. */
  private enterCells(units: readonly ChosenUnit[]): void {
    const r = this.A.cols
    const row = new Float64Array(units.length * r)
    this.cone.size = 0
    units.forEach(({ live: { walls }, sign }, j) => {
      for (const wall of walls) {
        row.fill(0).set(wall, j * r)
        this.cone.push(row, sign)
      }
    })
  }

  private layHyperplane(i: number, units: readonly ChosenUnit[]): void {
    const h = this.hyperplanes[i].fill(0)
    const signs = new Set<number>()
    units.forEach(({ live: { active }, sign }, j) => {
      if (active[i] === 0) return
      h.set(this.A.row(i), j * this.A.cols)
      signs.add(sign)
    })
    this.reach[i] = signs.size === 2 ? 2 : signs.has(1) ? 1 : signs.has(-1) ? -1 : 0
    const size = norm2(h)
    if (size > 0) for (let c = 0; c < h.length; c++) h[c] /= size
  }

  /** Splits the region around a point by the hyperplanes from i on. */
  private split(i: number, point: Float64Array): void {
    const { cone, hyperplanes, reach, signs } = this
    if (i === signs.length) {
      this.found.push({
        output: packBits(signs.map((sign) => (sign > 0 ? 1 : 0))),
        complement: packBits(signs.map((sign) => (sign < 0 ? 1 : 0))),
        point,
      })
      return
    }
    if (reach[i] !== 2) {
      signs[i] = reach[i]
      this.split(i + 1, point)
      return
    }
    const h = hyperplanes[i]
    const value = dot(h, point)
    const here = value >= 0 ? 1 : -1
    const across = cone.beyond(h, here === 1 ? -1 : 1, point)
    if (across === null) {
      signs[i] = here
      this.split(i + 1, point)
      return
    }
    const stay = value > ON_WALL || value < -ON_WALL ? point : (cone.beyond(h, here, point) ?? point)
    for (const [sign, start] of [
      [-here, across],
      [here, stay],
    ] as const) {
      cone.push(h, sign)
      signs[i] = sign
      this.split(i + 1, start)
      cone.size--
    }
  }
}
