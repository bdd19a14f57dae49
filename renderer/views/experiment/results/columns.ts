/** Columns of the results table: one row drives header, cell, sorting, hover and CSV. */
import {
  formatCount,
  formatGap,
  formatNumber,
  formatObjective,
  formatPercent,
  formatSeconds,
} from '../../../composables/format.ts'
import type { Figure, ResultRow, Score } from './rows.ts'

export interface ResultColumn {
  id: string
  /** Units stand here, not in the cells. */
  header: string
  title: string
  /** What is sorted by. */
  value: (row: ResultRow) => number | string | null
  /** The cell's text; the cells of method, status and gap are drawn by components. */
  text: (row: ResultRow) => string
  /** Full precision, on hover and in copies. */
  full: (row: ResultRow) => string
  /** Hidden while the table is narrower than this many pixels. */
  from: number
}

const meanOf = (figure: Figure | null) => figure?.mean ?? null

/** `69.80 ± 0.31`; one value stands alone. */
export function figureText(figure: Figure | null, format: (value: number | null) => string): string {
  if (!figure || figure.sd === null) return format(meanOf(figure))
  return `${format(figure.mean)} ± ${figure.sd === 0 ? '0' : formatNumber(figure.sd, 2)}`
}

function fullFigure(figure: Figure | null): string {
  if (!figure) return ''
  return figure.sd === null ? String(figure.mean) : `${figure.mean} ± ${figure.sd} (${figure.count} trials)`
}

/** In per cent, `100.0 ± 0.0` with the spread in the same unit. */
const percentText = (figure: Figure | null) =>
  figure?.sd == null
    ? formatPercent(meanOf(figure))
    : `${formatPercent(figure.mean)} ± ${formatPercent(figure.sd)}`

function figureColumn(
  id: 'objective' | 'train' | 'test' | 'neurons' | 'seconds' | 'iterations',
  header: string,
  title: string,
  text: (figure: Figure | null) => string,
  from: number,
): ResultColumn {
  return {
    id,
    header,
    title,
    value: (row) => meanOf(row[id]),
    text: (row) => text(row[id]),
    full: (row) => fullFigure(row[id]),
    from,
  }
}

const scoreText = (score: Score) =>
  score === 'accuracy'
    ? percentText
    : (figure: Figure | null) => figureText(figure, (value) => formatNumber(value, 4))

/** All columns, for accuracy or loss; without rows held out, the training score takes the place of the test's. */
export function resultColumns(score: Score, tested: boolean): ResultColumn[] {
  const unit = score === 'accuracy' ? 'acc. %' : 'loss'
  const what = score === 'accuracy' ? 'Accuracy' : 'Loss, summed over rows,'
  return [
    figureColumn(
      'objective',
      'Objective',
      'Loss plus regulariser of the network at the recovered weights, on the training rows',
      (figure) => figureText(figure, formatObjective),
      0,
    ),
    {
      id: 'lowerBound',
      header: 'Lower bound',
      title: 'What the optimum cannot be below; of the sampled program where the certificate says dictionary',
      value: ({ lowerBound }) => lowerBound,
      text: ({ lowerBound }) => formatObjective(lowerBound),
      full: ({ lowerBound }) => (lowerBound === null ? '' : String(lowerBound)),
      from: 800,
    },
    {
      id: 'gap',
      header: 'Gap %',
      title: 'Objective minus lower bound, in per cent of the lower bound, with the level of its certificate',
      value: ({ relativeGap }) => relativeGap,
      text: ({ relativeGap }) => formatGap(relativeGap === null ? null : 100 * relativeGap),
      full: ({ gap }) => (gap === null ? '' : `${gap} absolute`),
      from: 0,
    },
    figureColumn(
      'train',
      `Train ${unit}`,
      `${what} on the training rows`,
      scoreText(score),
      tested ? 900 : 660,
    ),
    ...(tested
      ? [figureColumn('test', `Test ${unit}`, `${what} on the rows held out`, scoreText(score), 0)]
      : []),
    figureColumn(
      'neurons',
      'Neurons',
      'Active hidden units of the recovered network',
      (figure) => figureText(figure, formatCount),
      820,
    ),
    {
      id: 'ranks',
      header: 'Ranks',
      title: 'Numerical rank of each layer',
      value: ({ ranks }) => ranks,
      text: ({ ranks }) => ranks ?? '–',
      full: ({ ranks }) => ranks ?? '',
      from: 1060,
    },
    figureColumn(
      'seconds',
      'Time s',
      'Wall-clock seconds; the mean over trials',
      (figure) => formatSeconds(meanOf(figure)),
      0,
    ),
    figureColumn(
      'iterations',
      'Iterations',
      'Iterations; epochs for trained networks',
      (figure) => figureText(figure, formatCount),
      980,
    ),
  ]
}
