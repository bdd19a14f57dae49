/** One column at a glance. */
import type { CategoryCount, ColumnPreview, Histogram } from './preview-types.ts'
import {
  missingMask,
  strayLine,
  type CategoricalColumn,
  type Column,
  type NumericColumn,
  type Table,
} from './table.ts'

/** Distinct values are counted up to here. */
export const DISTINCT_LIMIT = 1000
/** Most frequent values that are listed. */
export const MOST_CATEGORIES = 20
const BINS = 20

/** Statistics of column `index` over its known cells. */
export function describeColumn(table: Table, index: number): ColumnPreview {
  const column = table.columns[index]
  const specific = column.kind === 'numeric' ? describeNumbers(column) : describeCategories(column)
  return {
    index,
    name: column.name,
    kind: column.kind,
    missing: missingMask(column).reduce((sum, flag) => sum + flag, 0),
    ...specific,
    ...describeStrays(table, column),
  }
}

type Specific = Omit<ColumnPreview, 'index' | 'name' | 'kind' | 'missing' | 'strayCount' | 'firstStray'>

function describeStrays(table: Table, column: Column): Pick<ColumnPreview, 'strayCount' | 'firstStray'> {
  if (column.kind === 'categorical' || column.strays.length === 0) return { strayCount: 0, firstStray: null }
  return { strayCount: column.strays.length, firstStray: strayLine(table, column.strays[0]) }
}

function describeNumbers({ values }: NumericColumn): Specific {
  const { count, min, max, mean, sd } = moments(values)
  const counts = countValues(values)
  const few = counts !== null && counts.size <= MOST_CATEGORIES
  const known = count > 0
  return {
    distinct: counts?.size ?? DISTINCT_LIMIT,
    distinctIsLowerBound: counts === null,
    min: known ? min : null,
    max: known ? max : null,
    mean: known ? mean : null,
    sd: count > 1 ? sd : null,
    histogram: known ? histogram(values, min, max) : null,
    categories: few ? mostFrequent([...counts].map(([value, n]) => ({ name: String(value), count: n }))) : [],
  }
}

function describeCategories({ codes, categories }: CategoricalColumn): Specific {
  const counts = categories.map((name) => ({ name, count: 0 }))
  for (const code of codes) if (code >= 0) counts[code].count++
  return {
    distinct: categories.length,
    distinctIsLowerBound: false,
    min: null,
    max: null,
    mean: null,
    sd: null,
    histogram: null,
    categories: mostFrequent(counts),
  }
}

/** Of the values that are not NaN; the mean first, so that the deviation does not cancel. */
function moments(values: ArrayLike<number>): Record<'count' | 'min' | 'max' | 'mean' | 'sd', number> {
  let [count, min, max, sum] = [0, Infinity, -Infinity, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (Number.isNaN(value)) continue
    count++
    sum += value
    if (value < min) min = value
    if (value > max) max = value
  }
  const mean = sum / Math.max(count, 1)
  let squares = 0
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) squares += (values[i] - mean) ** 2
  return { count, min, max, mean, sd: Math.sqrt(squares / Math.max(count - 1, 1)) }
}

/** How often each value occurs; null beyond {@link DISTINCT_LIMIT} of them. */
function countValues(values: ArrayLike<number>): Map<number, number> | null {
  const counts = new Map<number, number>()
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue
    counts.set(values[i], (counts.get(values[i]) ?? 0) + 1)
    if (counts.size > DISTINCT_LIMIT) return null
  }
  return counts
}

function histogram(values: ArrayLike<number>, min: number, max: number): Histogram {
  const counts = new Array<number>(BINS).fill(0)
  const perUnit = max > min ? BINS / (max - min) : 0
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) counts[Math.min(Math.floor((values[i] - min) * perUnit), BINS - 1)]++
  }
  return { min, max, counts }
}

function mostFrequent(counts: CategoryCount[]): CategoryCount[] {
  return counts.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)).slice(0, MOST_CATEGORIES)
}
