import type { Matrix } from '../linalg/matrix.ts'

/**
 * One interior point of each of the 2m cells that m ≥ 1 distinct lines through the origin cut the plane into:
 * the bisectors of neighbouring directions.
 *
 * @param normals m×2, no two parallel.
 */
export function planarCells(normals: Matrix): Float64Array[] {
  const angles: number[] = []
  for (let i = 0; i < normals.rows; i++) {
    // The line is perpendicular to its normal; both of its directions bound cells.
    const along = Math.atan2(normals.get(i, 0), -normals.get(i, 1))
    angles.push(along, along > 0 ? along - Math.PI : along + Math.PI)
  }
  angles.sort((a, b) => a - b)
  return angles.map((angle, k) => {
    const next = k + 1 < angles.length ? angles[k + 1] : angles[0] + 2 * Math.PI
    const middle = 0.5 * (angle + next)
    return Float64Array.of(Math.cos(middle), Math.sin(middle))
  })
}
