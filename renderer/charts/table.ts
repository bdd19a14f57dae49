/** A chart as numbers: the rows of its data table, its clipboard text and its CSV. */
import { AXIS_TITLES, quantityTitle } from './convergence.ts'
import type { ConvergenceModel } from './convergence.ts'

export interface ChartRow {
  series: string
  x: number
  y: number
  /** Of trial bands; null for single runs. */
  min: number | null
  lower: number | null
  upper: number | null
  max: number | null
}

export interface ChartTable {
  /** Column titles: series, x, y, and the band's. */
  headers: string[]
  rows: ChartRow[]
}

/** Every point of every curve, undiminished, in the order of the legend. */
export function chartTable(model: ConvergenceModel): ChartTable {
  const bands = model.series.some(({ band }) => band !== null)
  const rows = [...model.series, ...model.bounds.map((bound) => ({ ...bound, band: null }))].flatMap(
    ({ label, xs, ys, band }) =>
      xs.map((x, i) => ({
        series: label,
        x,
        y: ys[i],
        min: band?.min[i] ?? null,
        lower: band?.lower[i] ?? null,
        upper: band?.upper[i] ?? null,
        max: band?.max[i] ?? null,
      })),
  )
  const y = quantityTitle(model)
  const spread = bands ? ['Minimum', 'Lower quartile', 'Upper quartile', 'Maximum'] : []
  return { headers: ['Series', AXIS_TITLES[model.view.axis], bands ? `${y} (median)` : y, ...spread], rows }
}

const cellsOf = ({ series, x, y, min, lower, upper, max }: ChartRow, columns: number) =>
  [series, x, y, min, lower, upper, max].slice(0, columns)

const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** RFC 4180, full precision. */
export function tableCsv({ headers, rows }: ChartTable): string {
  const lines = [headers, ...rows.map((row) => cellsOf(row, headers.length))]
  return (
    lines
      .map((cells) => cells.map((cell) => quote(cell === null ? '' : String(cell))).join(','))
      .join('\r\n') + '\r\n'
  )
}

/** Tab-separated, for spreadsheets. */
export function tableText({ headers, rows }: ChartTable): string {
  return [headers, ...rows.map((row) => cellsOf(row, headers.length))]
    .map((cells) => cells.map((cell) => cell ?? '').join('\t'))
    .join('\n')
}
