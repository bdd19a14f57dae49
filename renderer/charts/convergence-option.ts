/** Draws a convergence model: an ECharts option from curves, a frame and a theme. Pure, so that reports can use it. */
import { AXIS_TITLES, quantityTitle } from './convergence.ts'
import type { BoundSeries, ConvergenceModel, ConvergenceSeries } from './convergence.ts'
import type { Curve } from './bands.ts'
import { area, axisOption, leaderLine, LETTER, line, nameText, shortened, symbols } from './draw.ts'
import type { Pair } from './draw.ts'
import type { ChartOption } from './echarts.ts'
import { pixelX, pixelY } from './frame.ts'
import type { Frame, Size, Zoom } from './frame.ts'
import { BOUND_IDENTITY } from './identity.ts'
import { spreadLabels } from './labels.ts'
import { lttbIndices } from './lttb.ts'
import { fitScale, toAxis } from './scale.ts'
import type { Scale } from './scale.ts'
import type { ChartTheme } from './theme.ts'

/** Points drawn per curve; more than this cannot be seen on a screen. */
const MAX_POINTS = 600
const LABEL_HEIGHT = 14
const MARKERS = 5
function* valuesX(model: ConvergenceModel): Generator<number> {
  for (const { xs } of [...model.series, ...model.bounds]) yield* xs
}

function* valuesY(model: ConvergenceModel): Generator<number> {
  for (const { ys, band } of model.series) {
    yield* ys
    if (band) yield* [...band.min, ...band.max]
  }
  // Only the best value: first dual points may lie far below everything worth seeing.
  for (const { ys } of model.bounds) yield ys.at(-1)
}

function scaleOf(zoomed: Pair | undefined, fitted: Scale): Scale {
  return zoomed ? { kind: fitted.kind, min: zoomed[0], max: zoomed[1] } : fitted
}

/** Room for labels to the right of the lines, by the longest of them. */
function labelWidth(model: ConvergenceModel, size: Size): number {
  const longest = Math.max(0, ...[...model.series, ...model.bounds].map(({ label }) => label.length))
  return Math.min(longest * LETTER + 14, size.width * 0.34)
}

/** Where the chart's curves lie on a drawing of this size. */
export function convergenceFrame(model: ConvergenceModel, size: Size, zoom: Zoom | null): Frame {
  const { xKind, yKind } = model.view
  const x = fitScale(xKind, valuesX(model), 0, xKind === 'log' ? 0.02 : 0.01)
  const start = xKind === 'linear' ? { ...x, min: Math.min(0, x.min) } : x
  return {
    ...size,
    left: 62,
    right: Math.max(18, labelWidth(model, size)),
    top: 12,
    bottom: 40,
    x: scaleOf(zoom?.x, start),
    y: scaleOf(zoom?.y, fitScale(yKind, valuesY(model), 0.06, 0.06)),
  }
}

/** Axis coordinates of a curve's visible points, downsampled. */
function pairsOf(curve: Curve, frame: Frame): Pair[] {
  const pairs: Pair[] = []
  curve.xs.forEach((x, i) => {
    const pair: Pair = [toAxis(frame.x.kind, x), toAxis(frame.y.kind, curve.ys[i])]
    if (Number.isFinite(pair[0]) && Number.isFinite(pair[1])) pairs.push(pair)
  })
  if (pairs.length <= MAX_POINTS) return pairs
  const chosen = lttbIndices(
    pairs.map(([x]) => x),
    pairs.map(([, y]) => y),
    MAX_POINTS,
  )
  return chosen.map((i) => pairs[i])
}

const axisEnd = (frame: Frame) => toAxis(frame.x.kind, frame.x.max)

/** Curves narrower than this cannot be read as curves. */
const BRIEF_PIXELS = 10

/** Whether a curve ends where it begins, as seen at this scale: a formula, or a solver that was done at once. */
function isBrief(pairs: Pair[], frame: Frame): boolean {
  if (pairs.length < 2) return true
  const pixels =
    ((pairs.at(-1)[0] - pairs[0][0]) / (axisEnd(frame) - toAxis(frame.x.kind, frame.x.min))) * frame.width
  return pixels < BRIEF_PIXELS
}

/** A brief curve becomes a level line at its last value, from its end to the right edge. */
function levelPairs(series: Curve, pairs: Pair[], frame: Frame): Pair[] {
  const y = toAxis(frame.y.kind, series.ys.at(-1))
  const start = pairs.at(-1)?.[0] ?? toAxis(frame.x.kind, frame.x.min)
  return Number.isFinite(y)
    ? [
        [start, y],
        [axisEnd(frame), y],
      ]
    : []
}

function bandAreas(series: ConvergenceSeries, frame: Frame, colour: string) {
  const { band } = series
  if (!band) return []
  const ring = (low: number[], high: number[]): Pair[] => [
    ...pairsOf({ xs: band.xs, ys: high }, frame),
    ...pairsOf({ xs: band.xs, ys: low }, frame).reverse(),
  ]
  return [
    area(`${series.id}/range`, ring(band.min, band.max), colour, 0.14),
    area(`${series.id}/quartiles`, ring(band.lower, band.upper), colour, 0.26),
  ]
}

/** A few markers along a line, so that it is known without its colour. */
function markers(series: ConvergenceSeries, data: Pair[], colour: string, theme: ChartTheme, brief: boolean) {
  const count = brief ? 1 : Math.min(MARKERS, data.length)
  const at = Array.from({ length: count }, (_, k) =>
    Math.round((k * (data.length - 1)) / Math.max(1, count - 1)),
  )
  const shown = at.flatMap((i) => (data[i] ? [data[i]] : []))
  return symbols(`${series.id}/markers`, shown, series.identity.marker, colour, theme)
}

function drawSeries(series: ConvergenceSeries, frame: Frame, theme: ChartTheme) {
  const colour = theme.colour(series.identity.token)
  const pairs = pairsOf(series, frame)
  const brief = isBrief(pairs, frame)
  const data = brief ? levelPairs(series, pairs, frame) : pairs
  return [
    ...bandAreas(series, frame, colour),
    line(series.id, data, { colour, width: brief ? 1.25 : 1.75, dash: series.identity.dash }, 3),
    markers(series, data, colour, theme, brief),
  ]
}

/** Between the objective and its dual bound: what is not yet proved. */
function gapArea(bound: BoundSeries, model: ConvergenceModel, frame: Frame, theme: ChartTheme) {
  const over = model.series.find(({ id }) => id === bound.over)
  if (!over) return []
  const lower = pairsOf(bound, frame)
  const from = lower[0]?.[0] ?? Infinity
  const upper = pairsOf(over, frame).filter(([x]) => x >= from)
  if (upper.length < 2 || lower.length < 2) return []
  return [area(`${bound.id}/gap`, [...upper, ...lower.reverse()], theme.text, 0.12)]
}

function drawBound(bound: BoundSeries, model: ConvergenceModel, frame: Frame, theme: ChartTheme) {
  const colour = theme.colour(BOUND_IDENTITY.token)
  const pairs = pairsOf(bound, frame)
  const data = isBrief(pairs, frame) ? levelPairs(bound, pairs, frame) : pairs
  return [
    ...gapArea(bound, model, frame, theme),
    line(bound.id, data, { colour, width: 1, dash: BOUND_IDENTITY.dash }, 2),
  ]
}

/** Names at the right edge, level with the last value of their line, moved apart where they would collide. */
function endLabels(model: ConvergenceModel, frame: Frame, theme: ChartTheme) {
  const named = [
    ...model.series.map((series) => ({ ...series, colour: theme.colour(series.identity.token) })),
    ...model.bounds.map((bound) => ({ ...bound, colour: theme.text })),
  ].filter(({ ys }) => Number.isFinite(toAxis(frame.y.kind, ys.at(-1) ?? NaN)))
  const low = frame.top
  const high = frame.height - frame.bottom
  const wanted = named.map(({ ys }) => Math.min(high, Math.max(low, pixelY(frame, ys.at(-1)))))
  const placed = spreadLabels(wanted, LABEL_HEIGHT, low, high)
  const edge = frame.width - frame.right
  return named.flatMap(({ label, colour, xs }, i) => {
    const end = Math.min(edge, Math.max(frame.left, pixelX(frame, xs.at(-1))))
    const leader = Math.abs(placed[i] - wanted[i]) > 2 || end < edge - 1
    return [
      ...(leader ? [leaderLine(Math.max(end, edge - 4), wanted[i], edge + 6, placed[i], colour)] : []),
      nameText(shortened(label, frame.right - 11), edge + 9, placed[i], colour, theme),
    ]
  })
}

/** The whole option; give it to ECharts with `notMerge`. */
export function convergenceOption(model: ConvergenceModel, frame: Frame, theme: ChartTheme): ChartOption {
  const { left, right, top, bottom } = frame
  const inner = { width: frame.width - left - right, height: frame.height - top - bottom }
  return {
    animation: false,
    backgroundColor: theme.background,
    textStyle: { fontFamily: theme.font },
    grid: { left, right, top, bottom, containLabel: false, outerBoundsMode: 'none' },
    xAxis: axisOption(
      frame.x,
      Math.round(inner.width / 90),
      { title: AXIS_TITLES[model.view.axis], gap: 26 },
      theme,
    ),
    yAxis: axisOption(
      frame.y,
      Math.round(inner.height / 40),
      { title: quantityTitle(model), gap: 46 },
      theme,
    ),
    series: [
      ...model.bounds.flatMap((bound) => drawBound(bound, model, frame, theme)),
      ...model.series.flatMap((series) => drawSeries(series, frame, theme)),
    ],
    graphic: { elements: endLabels(model, frame, theme) },
  }
}
