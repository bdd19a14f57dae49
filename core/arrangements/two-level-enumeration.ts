import { BidualError } from '../errors.ts'
import type { Matrix } from '../linalg/matrix.ts'
import type { ArrangementSettings } from '../experiments/document.ts'
import { enumerateArrangement } from './arrangement.ts'
import { enumerates } from './count.ts'
import { formatCount } from '../export/format.ts'
import { livePatterns } from './first-layer.ts'
import { hasIdleUnit, SecondLayer, type ChosenUnit } from './second-layer.ts'
import { sampleTwoLevel } from './two-level-sampling.ts'
import { multisets, TwoLevelCells, twoLevelBound, type TwoLevelArrangement } from './two-level.ts'

/** First-layer cells and signs that are looked at, as a multiple of the limit of cells. */
const CHOICES = 4

/**
 * Cells of both layers as the document asks for them; `auto` enumerates while first-layer rank and limit allow it.
 *
 * @param A n×r of full column rank
 * @param units m₁
 * @param seed of the draws
 * @throws BidualError too-large when an enumeration asked for would exceed `limit`
 */
export function buildTwoLevel(
  A: Matrix,
  units: number,
  settings: ArrangementSettings,
  seed: number,
): TwoLevelArrangement {
  const { limit, count, mode } = settings
  if (!enumerates(settings, A.rows, A.cols)) return sampleTwoLevel(A, units, count, seed)
  const all = enumerateTwoLevel(A, units, limit)
  if (all) return all
  if (mode === 'auto') return sampleTwoLevel(A, units, count, seed)
  throw new BidualError(
    'too-large',
    `Sub-networks of ${units} hidden units have more than ${formatCount(limit)} cells on this data. ` +
      'Sample the arrangements, raise "limit", or use fewer hidden units.',
  )
}

/**
 * Every cell of m₁ exchangeable hidden units that can matter: multisets of a first-layer cell and a sign, and for each
 * the second-layer patterns that its units can make.
 *
 * Left out, exactly, are cells with a unit that the sub-network is cheaper without (inactive on every row, or idle: see
 * {@link hasIdleUnit}), and cells with no positive row in the second layer, whose response is zero. Rows that no unit
 * reaches count as negative in the second layer. (n = 5, d = 2, m₁ = 3 in general position: 2,615 to 3,079 cells,
 * 3,245 to 3,799 with those of idle units, by the position of the points; a block is a cell and an output sign.)
 *
 * @param A n×r of full column rank
 * @returns null when there are more than `limit` cells
 */
export function enumerateTwoLevel(A: Matrix, units: number, limit: number): TwoLevelArrangement | null {
  const live = livePatterns(A, enumerateArrangement(A, limit))
  if (multisets(2 * live.length, units) > CHOICES * limit) return null
  const kinds = live.flatMap((pattern): ChosenUnit[] => [
    { live: pattern, sign: 1 },
    { live: pattern, sign: -1 },
  ])
  const search = new Enumeration(A, units, kinds)
  for (const choice of multisetsOf(kinds.length, units)) {
    search.visit(choice)
    if (search.cells.count > limit) return null
  }
  return { cells: search.cells, complete: true, bound: twoLevelBound(A.rows, A.cols, units), draws: 0 }
}

class Enumeration {
  readonly cells: TwoLevelCells
  private readonly kinds: readonly ChosenUnit[]
  private readonly second: SecondLayer

  /** @param kinds pairs of a pattern with sign +1 and the same with sign −1 */
  constructor(A: Matrix, units: number, kinds: readonly ChosenUnit[]) {
    this.cells = new TwoLevelCells(A.rows, units)
    this.second = new SecondLayer(A, units)
    this.kinds = kinds
  }

  /** Adds the cells of a choice of kinds and of its mirror image, unless that is the one to be visited. */
  visit(choice: readonly number[]): void {
    const mirrored = choice.map((kind) => kind ^ 1)
    // Flipping all signs turns every second-layer pattern into its complement: one of the two is searched.
    const order = compareLists(
      choice,
      [...mirrored].sort((a, b) => a - b),
    )
    if (order > 0) return
    const units = this.unitsOf(choice)
    const flipped = this.unitsOf(mirrored)
    for (const { output, complement, point } of this.second.patterns(units)) {
      this.keep(units, output, point)
      if (order < 0) {
        this.keep(
          flipped,
          complement,
          point.map((value) => -value),
        )
      }
    }
  }

  private unitsOf(choice: readonly number[]): ChosenUnit[] {
    return choice.map((kind) => this.kinds[kind])
  }

  private keep(units: readonly ChosenUnit[], output: Uint32Array, point: Float64Array): void {
    if (output.every((word) => word === 0) || hasIdleUnit(units, output)) return
    const hidden = units.map(({ live: { bits }, sign }) => ({ pattern: bits, sign }))
    this.cells.join({ units: hidden, output }, point)
  }
}

/** Every ascending list of `size` numbers below `kinds`, repetitions allowed. */
function* multisetsOf(kinds: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) yield []
  else {
    for (let kind = from; kind < kinds; kind++) {
      for (const rest of multisetsOf(kinds, size - 1, kind)) yield [kind, ...rest]
    }
  }
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, k) => value !== b[k])
  return at < 0 ? 0 : a[at] - b[at]
}
