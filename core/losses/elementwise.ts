import { Matrix } from '../linalg/matrix.ts'

/** Σ f(Fᵢₖ, Yᵢₖ). */
export function sumOver(F: Matrix, Y: Matrix, f: (prediction: number, label: number) => number): number {
  let sum = 0
  for (let at = 0; at < F.data.length; at++) sum += f(F.data[at], Y.data[at])
  return sum
}

/** out = f(F, Y) entry by entry; `out` may be F. */
export function mapOver(
  F: Matrix,
  Y: Matrix,
  out: Matrix | undefined,
  f: (prediction: number, label: number) => number,
): Matrix {
  const result = out ?? Matrix.zeros(F.rows, F.cols)
  for (let at = 0; at < F.data.length; at++) result.data[at] = f(F.data[at], Y.data[at])
  return result
}
