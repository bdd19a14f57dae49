/** One column at a glance. */
import type { CategoryCount, ColumnPreview, Histogram } from './preview-types.ts'
import {
  missingMask,
  strayLine,
  type CategoricalColumn,
  type NumericArray,
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

/** From the distinct values where they are few: pixels and codes are many cells of few values. */
function describeNumbers({ values }: NumericColumn): Specific {
  const counts = countValues(values)
  const weighted = counts ? [...counts].map(([value, count]) => ({ value, count })) : null
  const each = weighted ? eachWeighted(weighted) : eachCell(values)
  const { count, min, max, mean, sd } = moments(each)
  const known = count > 0
  return {
    distinct: counts?.size ?? DISTINCT_LIMIT,
    distinctIsLowerBound: counts === null,
    min: known ? min : null,
    max: known ? max : null,
    mean: known ? mean : null,
    sd: count > 1 ? sd : null,
    histogram: known ? histogram(each, min, max) : null,
    categories:
      weighted && weighted.length <= MOST_CATEGORIES
        ? mostFrequent(weighted.map((entry) => ({ name: String(entry.value), count: entry.count })))
        : [],
  }
}

/** Visits every known value with the number of cells that hold it. */
type Each = (visit: (value: number, count: number) => void) => void

function eachWeighted(entries: readonly { value: number; count: number }[]): Each {
  return (visit) => entries.forEach(({ value, count }) => visit(value, count))
}

function eachCell(values: ArrayLike<number>): Each {
  return (visit) => {
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) visit(values[i], 1)
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

/** The mean first, so that the deviation does not cancel. */
function moments(each: Each): Record<'count' | 'min' | 'max' | 'mean' | 'sd', number> {
  const [all, range] = [
    { count: 0, sum: 0 },
    { min: Infinity, max: -Infinity },
  ]
  each((value, count) => {
    all.count += count
    all.sum += count * value
    range.min = Math.min(range.min, value)
    range.max = Math.max(range.max, value)
  })
  const mean = all.sum / Math.max(all.count, 1)
  let squares = 0
  each((value, count) => (squares += count * (value - mean) ** 2))
  return { count: all.count, ...range, mean, sd: Math.sqrt(squares / Math.max(all.count - 1, 1)) }
}

/** How often each value occurs; null beyond {@link DISTINCT_LIMIT} of them. */
function countValues(values: NumericArray): Map<number, number> | null {
  if (values instanceof Uint8Array) return countBytes(values)
  const counts = new Map<number, number>()
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (Number.isNaN(value)) continue
    counts.set(value, (counts.get(value) ?? 0) + 1)
    if (counts.size > DISTINCT_LIMIT) return null
  }
  return counts
}

function countBytes(values: Uint8Array): Map<number, number> {
  const counts = new Int32Array(256)
  for (let i = 0; i < values.length; i++) counts[values[i]]++
  return new Map([...counts.entries()].filter(([, count]) => count > 0))
}

function histogram(each: Each, min: number, max: number): Histogram {
  const counts = new Array<number>(BINS).fill(0)
  const perUnit = max > min ? BINS / (max - min) : 0
  each((value, count) => (counts[Math.min(Math.floor((value - min) * perUnit), BINS - 1)] += count))
  return { min, max, counts }
}

function mostFrequent(counts: CategoryCount[]): CategoryCount[] {
  return counts.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)).slice(0, MOST_CATEGORIES)
}
