import type { Kink } from './kinks.ts'

/** A change of slope at an interior point. */
export interface Bend {
  point: number
  jump: number
}

/**
 * Where −c₀ ≤ vᵀx = c₀ ≤ β of the optimal v lies. Between its bounds and off zero the slope at the left end is tied to
 * the bends; at a bound it is an atom of its own; at zero there is freedom in which atom makes which bend.
 */
export type Regime = 'free' | 'rising' | 'falling' | 'top' | 'bottom'

export interface Sides {
  /** Σ of the positive jumps, and of the absolute negative ones. */
  up: number
  down: number
}

export function sidesOf(bends: readonly Bend[]): Sides {
  const sum = (sign: number): number => bends.reduce((total, { jump }) => total + Math.max(0, sign * jump), 0)
  return { up: sum(1), down: sum(-1) }
}

/** What {@link leastSplit} pays: max(TV, D⁻ − m, D⁺ + m) for the slope m at the left end. */
export function leastSize(slope: number, { up, down }: Sides): number {
  return Math.max(up + down, down - slope, up + slope)
}

/** The regime of an interpolant that has this slope at the left end. */
export function regimeOf(slope: number, { up, down }: Sides): Regime {
  if (slope > down) return 'top'
  return slope < -up ? 'bottom' : 'free'
}

/**
 * The atoms of least Σ|weight| that make a function with these bends and this slope at the left end, up to a constant
 * (the intercept is free, THEORY 5.7).
 *
 * Each bend is the sum of a right and a left atom at its point, of its own sign; the slope at the left end is that of the
 * atom (x − t₀)₊ minus all left weights. So with left weights between 0 and their jumps the bends cost their total
 * variation D⁺ + D⁻, and nothing else is needed while the slope is in [−D⁺, D⁻].
 */
export function leastSplit(slope: number, bends: readonly Bend[], regime: Regime): Kink[] {
  const { up, down } = sidesOf(bends)
  const turned = { rising: -1, top: -1, falling: 1, bottom: 1, free: 0 }[regime]
  if (regime === 'free') return freeSplit(slope, bends)
  const kinks = bends.map(({ point, jump }): Kink => {
    return { side: Math.sign(jump) === turned ? -1 : 1, point, weight: jump }
  })
  if (regime === 'top') kinks.unshift({ side: 1, point: 0, weight: slope - down })
  if (regime === 'bottom') kinks.unshift({ side: 1, point: 0, weight: slope + up })
  return kinks.filter(({ weight }) => weight !== 0)
}

/** Left weights that sum to −slope, all of them on bends of its sign, from the left: at most one bend is split. */
function freeSplit(slope: number, bends: readonly Bend[]): Kink[] {
  const sign = -Math.sign(slope)
  let rest = Math.abs(slope)
  return bends.flatMap(({ point, jump }): Kink[] => {
    const left = Math.sign(jump) === sign ? sign * Math.min(rest, Math.abs(jump)) : 0
    rest -= Math.abs(left)
    return [
      { side: 1 as const, point, weight: jump - left },
      { side: -1 as const, point, weight: left },
    ].filter(({ weight }) => weight !== 0)
  })
}
