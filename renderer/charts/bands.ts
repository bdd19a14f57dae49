/** Trials as a band: minimum, quartiles and maximum over independent runs on a common grid. */
import { fromAxis, toAxis } from './scale.ts'
import type { ScaleKind } from './scale.ts'

/** A curve in values; `xs` ascends. */
export interface Curve {
  xs: number[]
  ys: number[]
}

/** A trial that is still going says nothing about what comes after its last point. */
export interface Trial extends Curve {
  open?: boolean
}

export interface Band {
  xs: number[]
  min: number[]
  lower: number[]
  median: number[]
  upper: number[]
  max: number[]
  /** Number of trials. */
  count: number
}

/** Linear interpolation between order statistics (R type 7). `sorted` ascends and is not empty. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low])
}

/** Index of the last element ≤ value, −1 when there is none. `xs` ascends. */
export function lastAtOrBefore(xs: ArrayLike<number>, value: number): number {
  let low = 0
  let high = xs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (xs[middle] <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

function commonGrid(curves: readonly Curve[], kind: ScaleKind, points: number): number[] {
  const firsts = curves.map(({ xs }) => xs.find((x) => Number.isFinite(toAxis(kind, x)))!)
  // The band begins where every trial has a value, so that its edges are over the same trials everywhere.
  const from = toAxis(kind, Math.max(...firsts))
  const to = toAxis(kind, Math.max(...curves.map(({ xs }) => xs.at(-1))))
  if (!(to > from)) return [fromAxis(kind, from)]
  return Array.from({ length: points }, (_, i) => fromAxis(kind, from + ((to - from) * i) / (points - 1)))
}

/**
 * The band of several trials. A trial keeps its last recorded value until the next one; one that has ended keeps
 * it for good, one that is still going counts up to its last point only.
 *
 * @param points of the common grid, evenly spaced on the axis' scale
 * @returns null when no trial has a point that the axis can show
 */
export function bandOf(trials: readonly Trial[], kind: ScaleKind, points = 240): Band | null {
  const curves = trials.filter(({ xs }) => xs.some((x) => Number.isFinite(toAxis(kind, x))))
  if (curves.length === 0) return null
  const xs = commonGrid(curves, kind, points)
  const band: Band = { xs, min: [], lower: [], median: [], upper: [], max: [], count: curves.length }
  const at = curves.map(() => 0)
  for (const x of xs) {
    const values = curves.flatMap((curve, c) => {
      // Rounding of the grid's ends must not push a point to the left of the first record.
      while (at[c] + 1 < curve.xs.length && curve.xs[at[c] + 1] <= x * (1 + 1e-12)) at[c]++
      return curve.open && x > curve.xs.at(-1) * (1 + 1e-12) ? [] : curve.ys[at[c]]
    })
    values.sort((a, b) => a - b)
    band.min.push(values[0])
    band.lower.push(quantile(values, 0.25))
    band.median.push(quantile(values, 0.5))
    band.upper.push(quantile(values, 0.75))
    band.max.push(values.at(-1))
  }
  return band
}
