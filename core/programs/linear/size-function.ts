import { Matrix } from '../../linalg/matrix.ts'
import type { NuclearResult, NuclearStart } from './nuclear-newton.ts'

export type SizedResult = Pick<NuclearResult, 'W' | 'V' | 'size' | 'fit' | 'dual'>

/** g(s) ≥ value − slope·s for all s. */
interface Tangent extends NuclearStart {
  slope: number
  value: number
}

interface Sample {
  size: number
  fit: number
  W: Matrix
}

/**
 * Two-sided bounds of g(s) = min ℓ(A·W) over ‖W‖_* ≤ s, which is convex and falls: tangents below, chords between
 * known points above. A solved nuclear-norm program with penalty λ gives one of each: its point, and the tangent of
 * slope −λ whose height is its dual value.
 */
export class SizeFunction {
  readonly tangents: Tangent[] = []
  /** By size. */
  private readonly samples: Sample[] = []

  /** @param infimum a lower bound of ℓ(A·W) over all W; @param zero the point W = 0 and its dual point */
  constructor(infimum: number, zero: SizedResult, zeroPenalty: number) {
    this.tangents.push({ slope: 0, value: infimum, W: zero.W, V: zero.V })
    this.add(zero, zeroPenalty)
  }

  /** Takes in a result of the program with that penalty. */
  add({ W, V, size, fit, dual }: SizedResult, penalty: number): void {
    this.tangents.push({ slope: penalty, value: dual, W, V })
    this.samples.push({ size, fit, W })
    this.samples.sort((p, q) => p.size - q.size)
  }

  /** The highest tangent at s. */
  steepest(s: number): Tangent {
    return this.tangents.reduce((best, line) => (heightAt(line, s) > heightAt(best, s) ? line : best))
  }

  lower(s: number): number {
    return heightAt(this.steepest(s), s)
  }

  /** A W with ‖W‖_* ≤ s, mixed from the known points beside s, and a bound of its ℓ. */
  mixed(s: number): { fit: number; mix: () => Matrix } {
    const [before, after] = this.neighbours(s)
    if (!after) return { fit: before.fit, mix: () => before.W }
    const share = after.size > before.size ? (s - before.size) / (after.size - before.size) : 0
    return {
      fit: (1 - share) * before.fit + share * after.fit,
      mix: () => {
        const data = before.W.data.map((value, at) => (1 - share) * value + share * after.W.data[at])
        return new Matrix(before.W.rows, before.W.cols, data)
      },
    }
  }

  /** The penalty whose program refines the bounds at s: the slope of the chord there; `end` bounds the sizes. */
  chordSlope(s: number, end: number): number {
    const [before, after] = this.neighbours(s)
    if (after) return (before.fit - after.fit) / (after.size - before.size)
    return (before.fit - this.lower(end)) / (end - before.size)
  }

  /** Whether a tangent of that slope is there already. */
  knows(slope: number): boolean {
    return this.tangents.some((line) => Math.abs(line.slope - slope) <= 1e-9 * slope)
  }

  /** A start for a program with that penalty: the solution with the closest one. */
  closest(slope: number): NuclearStart {
    const distance = (line: Tangent) => Math.abs(Math.log(line.slope / slope))
    return this.tangents.reduce((best, line) => (distance(line) < distance(best) ? line : best))
  }

  private neighbours(s: number): [Sample, Sample | undefined] {
    const next = this.samples.findIndex(({ size }) => size > s)
    return next === -1
      ? [this.samples[this.samples.length - 1], undefined]
      : [this.samples[next - 1], this.samples[next]]
  }
}

const heightAt = ({ slope, value }: Tangent, s: number): number => value - slope * s
