/** The points of a path in β as rows: the same columns in the window's table, in CSV files and in reports. */
import type { PathPoint } from '../experiments/result.ts'

interface PathColumn {
  header: string
  value: (point: PathPoint) => number | string | null
}

const PATH_COLUMNS: readonly PathColumn[] = [
  { header: 'β', value: ({ beta }) => beta },
  { header: 'Status', value: ({ status }) => status },
  { header: 'Objective', value: ({ objective }) => objective },
  { header: 'Lower bound', value: ({ certificate }) => certificate.lowerBound },
  { header: 'Gap', value: ({ certificate }) => certificate.gap },
  { header: 'Certificate', value: ({ certificate }) => certificate.level },
  { header: 'Neurons', value: ({ neurons }) => neurons },
  { header: 'Train loss', value: ({ train }) => train.loss },
  { header: 'Test loss', value: ({ test }) => test?.loss ?? null },
  { header: 'Train accuracy', value: ({ train }) => train.accuracy },
  { header: 'Test accuracy', value: ({ test }) => test?.accuracy ?? null },
  { header: 'Seconds', value: ({ seconds }) => seconds },
]

/** Titles of the cells of {@link pathRow}. */
export const PATH_HEADERS: readonly string[] = PATH_COLUMNS.map(({ header }) => header)

/** @returns the figures of one point in full precision; null where it has none. Accuracies are shares, seconds count from the start of the run. */
export function pathRow(point: PathPoint): (number | string | null)[] {
  return PATH_COLUMNS.map(({ value }) => value(point))
}
