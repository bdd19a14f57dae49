import { GEOMETRY_LAYERS, pointsOf, type Geometry } from './geometry-layers.ts'
import type { ChartTable } from './table.ts'

/** Every point of every set. */
export function geometryTable(geometry: Geometry, rows: readonly number[]): ChartTable {
  const n = geometry.dimension
  const points = GEOMETRY_LAYERS.flatMap(({ id, label }) => {
    return pointsOf(geometry, id).flatMap((flat) =>
      Array.from({ length: flat.length / n }, (_, k) => [label, ...flat.subarray(n * k, n * k + n)]),
    )
  })
  return { headers: ['Set', ...rows.map((row) => `Row ${row + 1}`)], rows: points }
}
