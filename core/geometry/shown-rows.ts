import type { ShownRows, SpikeFacts } from '../experiments/result.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { dot } from '../linalg/products.ts'

/** Rows that a person can choose the two or three of whose sets are drawn. */
const MOST = 8

/** The first training rows and their inner products, those that show a spike before all others. */
export function shownRows(X: Matrix, { plain }: SpikeFacts): ShownRows {
  const order = [...(plain?.rows ?? []), ...Array.from({ length: Math.min(X.rows, MOST) }, (_, i) => i)]
  const rows = [...new Set(order)].slice(0, MOST)
  return { rows, gram: rows.map((i) => rows.map((j) => dot(X.row(i), X.row(j)))) }
}
