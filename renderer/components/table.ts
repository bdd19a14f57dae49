/** Columns of a DataTable, and the sorting behind them. */
import { createSortedRowModel, rowSortingFeature, tableFeatures } from '@tanstack/vue-table'
import type { ColumnDef } from '@tanstack/vue-table'

export type CellValue = string | number | null

export interface TableColumn<Row> {
  id: string
  /** Units belong here, not in the cells. */
  header: string
  /** Explanation on hover. */
  title?: string
  /** What is sorted by, and what is shown where there is no `cell-<id>` slot. */
  value: (row: Row) => CellValue
  align?: 'start' | 'end'
  /** Pixels; without it the column is as wide as its content. */
  width?: number
  /** Default true. */
  sortable?: boolean
}

export const FEATURES = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Numbers by size, words by the alphabet with the numbers in them by size; missing values are handled before. */
export function compareCells(a: CellValue, b: CellValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return words.compare(String(a), String(b))
}

/** For the table library: missing values come last whichever the direction. */
export function columnDefinition<Row extends object>(
  column: TableColumn<Row>,
): ColumnDef<typeof FEATURES, Row> {
  return {
    id: column.id,
    header: column.header,
    accessorFn: (row) => column.value(row) ?? undefined,
    enableSorting: column.sortable !== false,
    sortUndefined: 'last',
    sortFn: (a, b, id) => compareCells(a.getValue<CellValue>(id), b.getValue<CellValue>(id)),
  }
}
