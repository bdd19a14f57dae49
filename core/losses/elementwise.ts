import type { Matrix, RealArray } from '../linalg/matrix.ts'
import type { Loss } from './loss.ts'

/** Σ f(Fᵢₖ, Yᵢₖ). */
export function sumOver(
  F: Matrix<RealArray>,
  Y: Matrix<RealArray>,
  f: (prediction: number, label: number) => number,
): number {
  let sum = 0
  for (let at = 0; at < F.data.length; at++) sum += f(F.data[at], Y.data[at])
  return sum
}

/** ℓ, with F overwritten by ∇ℓ, of a loss that computes them apart. */
export function valueThenGradient(
  { value, gradient }: Pick<Loss, 'value' | 'gradient'>,
  F: Matrix<RealArray>,
  Y: Matrix<RealArray>,
): number {
  const sum = value(F, Y)
  gradient(F, Y, F)
  return sum
}

/** out = f(F, Y) entry by entry; `out` may be F. */
export function mapOver<T extends RealArray>(
  F: Matrix<T>,
  Y: Matrix<RealArray>,
  out: Matrix<T> | undefined,
  f: (prediction: number, label: number) => number,
): Matrix<T> {
  const result = out ?? F.zerosAlike(F.rows, F.cols)
  for (let at = 0; at < F.data.length; at++) result.data[at] = f(F.data[at], Y.data[at])
  return result
}
