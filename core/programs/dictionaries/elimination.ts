import { BidualError } from '../../errors.ts'

/** A constraint sᵀu + tᵀx ≥ 0, combined with positive weights of the original ones in `support`. */
export interface Ray {
  s: Float64Array
  t: Float64Array
  support: number[]
}

/** Pairs of rows that the elimination of one entry may combine, and rows that it may leave. */
const MOST_PAIRS = 200_000
const MOST_ROWS = 4000

/**
 * The constraints on u alone that hold for some x: Fourier's elimination of x, without the combinations that Chernikov's
 * rule shows to be superfluous.
 *
 * @param p entries of x
 * @throws BidualError too-large
 */
export function eliminate(rays: Ray[], p: number): Ray[] {
  let rows = rays
  for (let c = 0; c < p; c++) {
    const near = 1e-11 * rows.reduce((most, { t }) => Math.max(most, Math.abs(t[c])), 0)
    const [above, below] = [rows.filter(({ t }) => t[c] > near), rows.filter(({ t }) => t[c] < -near)]
    const next = rows.filter(({ t }) => Math.abs(t[c]) <= near)
    if (above.length * below.length > MOST_PAIRS) throw tooLarge()
    const combined = above.flatMap((a) => below.map((b) => combine(a, b, c)))
    for (const ray of combined) if (ray.support.length <= c + 2) next.push(ray)
    if (next.length > MOST_ROWS) throw tooLarge()
    rows = next.filter((ray) => !next.some((other) => other !== ray && isInside(other.support, ray.support)))
  }
  return rows
}

const tooLarge = (): BidualError =>
  new BidualError(
    'too-large',
    'The cone of a cell has too many faces to list: few rows are active in it, and the others leave much of the hidden weight free.',
  )

function combine(a: Ray, b: Ray, c: number): Ray {
  const [x, y] = [-b.t[c], a.t[c]]
  return {
    s: a.s.map((value, k) => x * value + y * b.s[k]),
    t: a.t.map((value, k) => x * value + y * b.t[k]),
    support: [...new Set([...a.support, ...b.support])],
  }
}

const isInside = (part: readonly number[], whole: readonly number[]): boolean =>
  part.length < whole.length && part.every((j) => whole.includes(j))
