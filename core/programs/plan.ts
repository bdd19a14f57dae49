import { cellBound, enumerates } from '../arrangements/count.ts'
import { twoLevelBound } from '../arrangements/two-level.ts'
import type { GrowableArrangements, NetworkSettings } from '../experiments/document.ts'
import type { ProblemSummary } from '../experiments/result.ts'
import { patchCount, patchGeometry, patchSize } from '../networks/patches.ts'

/** The matrix whose rows cut the cells of a network family (THEORY §3): its rows, and an upper bound of its rank. */
export interface ArrangedShape {
  rows: number
  rank: number
  /** The most cells there can be. */
  cells: number
}

/**
 * Rows and rank of the arranged matrix: X, [U, 1/√n] for batch normalisation before the ReLU, the patches with a column
 * more for convolutions.
 *
 * @throws BidualError bad-input when the filter does not fit
 */
export function arrangedShape(network: NetworkSettings, summary: ProblemSummary): ArrangedShape {
  const { n, rank, rankCentered } = summary
  if (network.family === 'bn-relu') return withCells(n, rankCentered + 1)
  if (network.family === 'parallel') return { rows: n, rank, cells: twoLevelBound(n, rank, network.m1) }
  if (network.family !== 'conv-bn') return withCells(n, rank)
  const geometry = patchGeometry(network, summary)
  const rows = n * patchCount(geometry)
  return withCells(rows, Math.min(rows, patchSize(geometry)) + 1)
}

const withCells = (rows: number, rank: number): ArrangedShape => ({
  rows,
  rank,
  cells: cellBound(rows, rank),
})

/** Entries of the arranged matrix up to which growth is quick enough to be the default. */
const GROWTH_ENTRIES = 1e6

/** Where the cells of a program come from; `auto` is decided by counts alone. */
export function dictionaryPlan(
  network: NetworkSettings,
  summary: ProblemSummary,
  settings: GrowableArrangements,
): 'enumerate' | 'sample' | 'grow' {
  const { mode } = settings
  if (mode !== 'auto') return mode
  const { rows, rank } = arrangedShape(network, summary)
  if (enumerates({ ...settings, mode }, rows, rank)) return 'enumerate'
  return rows * rank * summary.outputs <= GROWTH_ENTRIES ? 'grow' : 'sample'
}
