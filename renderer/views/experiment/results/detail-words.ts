/** What a run says of itself beyond its figures: the engine's names as a person reads them, with their digits. */
import type { RunRecord } from '../../../../core/experiments/result.ts'
import type { TermId } from '../../../components/terms.ts'
import { formatCount, formatGap, formatShort } from '../../../composables/format.ts'

type Details = RunRecord['details']
type Value = string | number | null

export interface DetailRow {
  name: string
  /** Null: the row is left out. */
  value: Value
  /** What is shown; the value as it is when absent. */
  text?: string
  /** Explained on hover. */
  term?: TermId
}

interface DetailWords {
  name: string
  term?: TermId
  format?: (value: number, details: Details) => string
}

/** One and how far above it: 1.00000123 has its digits where they matter. */
const ratio = (value: number) =>
  Math.abs(value - 1) < 0.01 && Math.abs(value - 1) > 1e-12
    ? `1 ${value > 1 ? '+' : '−'} ${formatGap(Math.abs(value - 1))}`
    : formatShort(value, 5)

/** Counts stay readable where they are astronomically large. */
const many = (value: number) => (value < 1e7 ? formatCount(value) : formatShort(value, 2))

function patterns(found: number, details: Details): string {
  const bound = details['theoretical bound']
  return typeof bound === 'number' ? `${many(found)} of at most ${many(bound)}` : many(found)
}

const DETAILS: Record<string, DetailWords> = {
  patterns: { name: 'Patterns', term: 'cells-found', format: patterns },
  'gate vectors drawn': { name: 'Gate vectors drawn', format: many },
  'active blocks': { name: 'Active blocks', term: 'direction', format: many },
  'active atoms': { name: 'Active atoms', format: many },
  rounds: { name: 'Rounds of growth', term: 'growth', format: many },
  'ρ/β found': { name: 'ρ/β found', term: 'rho', format: ratio },
  'ρ/β over all neurons, at most': { name: 'ρ/β, at most', term: 'rho', format: ratio },
  'ρ bounded by': { name: 'ρ bounded by' },
  'cones left open': { name: 'Cones left open', term: 'cones-searched', format: many },
  'bound search': { name: 'Search for the bound' },
  'continued from iteration': { name: 'Continued from iteration', format: many },
  'continued from bound': { name: 'Continued from the bound', term: 'lower-bound' },
  'continued from epoch': { name: 'Continued from epoch', format: many },
  'cones searched': { name: 'Cones searched', term: 'cones-searched', format: many },
  'largest cone violation': { name: 'Largest violation', term: 'cone', format: formatGap },
  'network lower bound': { name: 'Bound from ρ', term: 'lower-bound' },
  β_max: { name: 'β_max', term: 'beta-max' },
  'best epoch': { name: 'Best epoch', format: many },
  'final learning rate': { name: 'Final learning rate' },
  'penalised value': { name: 'Penalised value' },
  'sum of violations': { name: 'Sum of violations', term: 'cone', format: formatGap },
  'largest relative violation': { name: 'Largest relative violation', term: 'cone', format: formatGap },
  'singular directions kept': { name: 'Singular directions kept', format: many },
  'largest singular value left out': { name: 'Largest left out' },
  'factor of the guarantee': { name: 'Factor of the guarantee' },
  'lower end of the guaranteed interval': { name: 'Guaranteed from' },
  theorem: { name: 'Theorem' },
  reading: { name: 'Reading' },
  kinks: { name: 'Kinks', format: many },
  'Σ|c|': { name: 'Σ|c|' },
  'ℓ₁ problem': { name: 'Value of the ℓ₁ problem' },
  'its dual': { name: 'Value of its dual' },
  'β of the ℓ₁ problem': { name: 'β of the ℓ₁ problem' },
  'optimum with an intercept': { name: 'Optimum with an intercept' },
  'signs of the rows': { name: 'Signs of the rows' },
  'spike-free': { name: 'Spike-free' },
  rank: { name: 'Rank', format: many },
  'largest deviation from Σ²': { name: 'Off Σ² by, at most', format: formatGap },
  'largest deviation of γ, α and output steps': { name: 'Other steps off by, at most', format: formatGap },
  'objective of GD on the data': { name: 'Objective of GD' },
  'value formula': { name: 'Value by formula' },
  'interpolation residual': { name: 'Interpolation residual', format: formatGap },
  oracle: { name: 'Oracle' },
  'neurons generated': { name: 'Neurons generated', format: many },
  'largest partial correlation': { name: 'Largest partial correlation' },
  'spike outside the range': { name: 'Spike outside the range by', format: formatGap },
  'spike stretched by': { name: 'Spike stretched by', format: ratio },
  solver: { name: 'Solver' },
  'optimum of the one-layer model': { name: 'Optimum, one layer' },
  filters: { name: 'Filters', format: many },
  'patches inside the hull of the others': { name: 'Patches without a filter', format: many },
  features: { name: 'Features', format: many },
  'features used': { name: 'Features used', format: many },
  'lower bound of the output program': { name: 'Bound of its output program' },
  'gap of the output program': { name: 'Gap of its output program', format: formatGap },
  'stages solved': { name: 'Stages solved', format: many },
  'rank of the kernel': { name: 'Rank of the kernel', format: many },
  'relative residual': { name: 'Relative residual', format: formatGap },
}

/** The bound stands beside the patterns found; zeros say that nothing was drawn, or found. */
function isShown(key: string, details: Details): boolean {
  if (key === 'theoretical bound') return typeof details.patterns !== 'number'
  return !['gate vectors drawn', 'ρ/β found'].includes(key) || details[key] !== 0
}

/** The rows in the engine's order; a name that is not known here is shown as it is. */
export function detailRows(details: Details): DetailRow[] {
  return Object.entries(details)
    .filter(([key]) => isShown(key, details))
    .map(([key, value]) => {
      const { name, term, format } = DETAILS[key] ?? { name: key }
      const text = typeof value === 'number' && format ? format(value, details) : undefined
      return { name, value, text, term }
    })
}
