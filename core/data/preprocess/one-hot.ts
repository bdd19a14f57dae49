import {
  categoryReader,
  CONSTANT,
  columnMeans,
  isExpanded,
  partsOf,
  type FeatureColumn,
  type Frame,
} from '../frame.ts'
import { fillMissing } from './impute.ts'
import { fitted, type StepDefinition } from './step.ts'

/**
 * One indicator column for each category of the training rows. A test row with another category gets zeros (and the
 * person a warning); a missing cell stays missing until an impute step, before or after this one, fills it.
 */
export const oneHot: StepDefinition<'one-hot'> = {
  apply(frame, settings) {
    const expanded = frame.columns.filter(
      ({ active, source }) => !active && source !== CONSTANT && isExpanded(settings, frame.table, source),
    )
    const sources = [...new Set(expanded.map(({ source }) => source))]
    const warnings = sources.flatMap((source) => expand(frame, source))
    const sentence = `${sources.length} text columns to ${expanded.length} indicators`
    return fitted('one-hot', sentence, { columns: expanded.map(({ name }) => name), warnings })
  },
}

/** Fills and activates the indicators of one column; returns warnings. */
function expand(frame: Frame, source: number): string[] {
  const indicators = frame.columns.flatMap((column, j) => (column.source === source ? [j] : []))
  const unseen = writeIndicators(frame, source, indicators)
  const columns = indicators.map((j) => frame.columns[j])
  for (const column of columns) column.active = true
  imputeIndicators(frame, columns, indicators)
  if (unseen.size === 0) return []
  const names = [...unseen].slice(0, 5).map((name) => `"${name}"`)
  return [
    `Column "${frame.table.columns[source].name}": ${unseen.size} categories occur in test rows only ` +
      `(${names.join(', ')}${unseen.size > 5 ? ', …' : ''}); their indicators are all zero.`,
  ]
}

/** Returns the categories that no training row has. */
function writeIndicators(frame: Frame, source: number, indicators: readonly number[]): Set<string> {
  const nameAt = categoryReader(frame.table.columns[source])
  const columnOf = new Map(indicators.map((j) => [frame.columns[j].category, j]))
  const unseen = new Set<string>()
  for (const { matrix, rows } of partsOf(frame)) {
    rows.forEach((row, i) => {
      const name = nameAt(row)
      const target = matrix.row(i)
      for (const j of indicators) target[j] = name === null ? NaN : 0
      if (name === null) return
      const j = columnOf.get(name)
      if (j === undefined) unseen.add(name)
      else target[j] = 1
    })
  }
  return unseen
}

/** What an earlier impute step asked for. */
function imputeIndicators(
  frame: Frame,
  columns: readonly FeatureColumn[],
  indicators: readonly number[],
): void {
  const rule = columns[0]?.missing
  if (!rule) return
  const value = rule === 'mean' ? columnMeans(frame, indicators) : new Float64Array(indicators.length)
  fillMissing(frame, indicators, value)
}
