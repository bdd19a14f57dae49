/** Where the rows of a column of the block-diagonal basis are nonzero. */
export const halves = { top: 0, both: 1, bottom: 2 } as const

/** What a merge step works on, all in ascending order of the poles. */
export interface Merge {
  readonly poles: Float64Array
  /** The updating vector. */
  readonly z: Float64Array
  /** Column of the basis that belongs to each pole. */
  readonly columns: Int32Array
  /** One of `halves` for each pole. */
  readonly kinds: Uint8Array
}

export interface Deflated {
  /** Places (in `Merge` order) that enter the secular equation, ascending. */
  readonly active: readonly number[]
  /** Places whose pole already is a value of the whole problem. */
  readonly settled: readonly number[]
}

/**
 * Separates the poles that the rank-one change leaves alone (Cuppen 1981; Dongarra, Sorensen 1987): a negligible zⱼ,
 * or a pole so close to its neighbour that a rotation can clear one of the two z. Changes z, poles and kinds where
 * it rotates.
 *
 * @param tolerance what is negligible against the poles, absolute
 * @param influence factor of zⱼ in that comparison
 * @param rotate called with the two columns and (c, s): new first = c·first + s·second, second = c·second − s·first
 */
export function deflate(
  merge: Merge,
  tolerance: number,
  influence: number,
  rotate: (first: number, second: number, c: number, s: number) => void,
): Deflated {
  const { poles, z, columns, kinds } = merge
  const active: number[] = []
  const settled: number[] = []
  let previous = -1
  for (let j = 0; j < poles.length; j++) {
    if (influence * Math.abs(z[j]) <= tolerance) {
      settled.push(j)
      continue
    }
    if (previous >= 0) {
      const radius = Math.hypot(z[j], z[previous])
      const c = z[j] / radius
      const s = -z[previous] / radius
      const gap = poles[j] - poles[previous]
      if (Math.abs(gap * c * s) <= tolerance) {
        z[j] = radius
        z[previous] = 0
        rotate(columns[previous], columns[j], c, s)
        if (kinds[previous] !== kinds[j]) kinds[j] = kinds[previous] = halves.both
        const [low, high] = [poles[previous], poles[j]]
        poles[previous] = low * c * c + high * s * s
        poles[j] = low * s * s + high * c * c
        settled.push(previous)
      } else active.push(previous)
    }
    previous = j
  }
  if (previous >= 0) active.push(previous)
  return { active, settled }
}
