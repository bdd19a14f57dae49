/** A chart as numbers: the rows of its data table, its clipboard text and its CSV. */
import { pathRow, PATH_HEADERS } from '../../core/export/path-table.ts'
import { AXIS_TITLES, quantityTitle } from './convergence.ts'
import type { ConvergenceModel } from './convergence.ts'
import type { PathModel } from './path.ts'

export type ChartCell = string | number | null

export interface ChartTable {
  headers: readonly string[]
  /** As many cells as headers; the first names the curve. */
  rows: readonly (readonly ChartCell[])[]
}

/** Every point of every curve, undiminished, in the order of the legend: series, x, y, and the spread of trials. */
export function chartTable(model: ConvergenceModel): ChartTable {
  const bands = model.series.some(({ band }) => band !== null)
  const rows = [...model.series, ...model.bounds.map((bound) => ({ ...bound, band: null }))].flatMap(
    ({ label, xs, ys, band }) =>
      xs.map((x, i) => {
        const spread = [band?.min[i], band?.lower[i], band?.upper[i], band?.max[i]]
        return [label, x, ys[i], ...(bands ? spread.map((value) => value ?? null) : [])]
      }),
  )
  const y = quantityTitle(model)
  const spread = bands ? ['Minimum', 'Lower quartile', 'Upper quartile', 'Maximum'] : []
  return { headers: ['Series', AXIS_TITLES[model.view.axis], bands ? `${y} (median)` : y, ...spread], rows }
}

/** Every point of every path, largest β first, as it was followed; figures that no point has are left out. */
export function pathTable({ curves }: PathModel): ChartTable {
  const rows = curves.flatMap(({ label, points }) =>
    points.map((point) => [label, ...pathRow(point)]).reverse(),
  )
  const headers = ['Path', ...PATH_HEADERS]
  const shown = headers.flatMap((_, i) => (rows.some((row) => row[i] !== null) ? [i] : []))
  return { headers: shown.map((i) => headers[i]), rows: rows.map((row) => shown.map((i) => row[i])) }
}

const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** RFC 4180, full precision. */
export function tableCsv({ headers, rows }: ChartTable): string {
  return (
    [headers, ...rows]
      .map((cells) => cells.map((cell) => quote(cell === null ? '' : String(cell))).join(','))
      .join('\r\n') + '\r\n'
  )
}

/** Tab-separated, for spreadsheets. */
export function tableText({ headers, rows }: ChartTable): string {
  return [headers, ...rows].map((cells) => cells.map((cell) => cell ?? '').join('\t')).join('\n')
}
