/** Draws paths in β: an ECharts option from curves, frames and a theme. Pure, so that reports can use it. */
import type { CertificateLevel, PathPoint } from '../../core/experiments/result.ts'
import { CERTIFICATE_WORDS } from '../components/words.ts'
import { area, axisOption, leaderLine, line, nameText, shortened, symbols } from './draw.ts'
import type { AxisPair, Pair } from './draw.ts'
import type { ChartOption } from './echarts.ts'
import { pixelX, pixelY } from './frame.ts'
import type { Frame } from './frame.ts'
import { BOUND_IDENTITY } from './identity.ts'
import type { Marker } from './identity.ts'
import { spreadLabels } from './labels.ts'
import type { PathFrames } from './path-frames.ts'
import { networkBound } from './path.ts'
import type { PathCurve, PathModel } from './path.ts'
import { toAxis } from './scale.ts'
import type { ChartTheme } from './theme.ts'

/** The shapes of the levels' own symbols. */
const LEVEL_MARKERS: Record<CertificateLevel, Marker> = {
  global: 'diamond',
  bound: 'emptyDiamond',
  dictionary: 'emptyRect',
  none: 'emptyCircle',
}
const TEST_DASH = [5, 3]
const LABEL_HEIGHT = 14

type Read = (point: PathPoint) => number | null | undefined

/** Axis coordinates of one figure of every point that has it. */
function pairsOf({ points }: PathCurve, frame: Frame, read: Read): Pair[] {
  return points.flatMap((point): Pair[] => {
    const y = toAxis(frame.y.kind, read(point) ?? NaN)
    return Number.isFinite(y) ? [[toAxis(frame.x.kind, point.beta), y]] : []
  })
}

/** The accuracies are drawn in per cent. */
const scoreReader =
  ({ score }: PathModel, part: 'train' | 'test'): Read =>
  (point) => {
    const value = point[part]?.[score] ?? null
    return value === null || score === 'loss' ? value : 100 * value
  }

const ON_OBJECTIVE: AxisPair = { xAxisIndex: 0, yAxisIndex: 0 }
const ON_NEURONS: AxisPair = { xAxisIndex: 1, yAxisIndex: 1 }
const ON_SCORE: AxisPair = { xAxisIndex: 2, yAxisIndex: 2 }

/** Runs of neighbouring points with a bound: between two of them nothing is known. */
function boundedParts(curve: PathCurve): PathCurve[] {
  const parts: PathPoint[][] = [[]]
  for (const point of curve.points) {
    if (networkBound(point) !== null) parts.at(-1).push(point)
    else if (parts.at(-1).length > 0) parts.push([])
  }
  return parts.filter((points) => points.length > 0).map((points) => ({ ...curve, points }))
}

/** Between the objectives and what was proved: a bound below the plot leaves through its lower edge. */
function drawBound(part: PathCurve, k: number, frame: Frame, theme: ChartTheme) {
  const upper = pairsOf(part, frame, ({ objective }) => objective)
  const lower = pairsOf(part, frame, (point) => Math.max(networkBound(point)!, frame.y.min))
  const stroke = { colour: theme.text, width: 1, dash: BOUND_IDENTITY.dash }
  return [
    area(`${part.id}/gap-${k}`, [...upper, ...[...lower].reverse()], theme.text, 0.12, ON_OBJECTIVE),
    line(`${part.id}/bound-${k}`, lower, stroke, 2, ON_OBJECTIVE),
  ]
}

function levelMarks(curve: PathCurve, frame: Frame, colour: string, theme: ChartTheme) {
  return Object.entries(LEVEL_MARKERS).map(([level, marker]) => {
    const points = curve.points.filter(({ certificate }) => certificate.level === level)
    const data = pairsOf({ ...curve, points }, frame, ({ objective }) => objective)
    return { ...symbols(`${curve.id}/${level}`, data, marker, colour, theme, 8), ...ON_OBJECTIVE }
  })
}

function drawObjective(curve: PathCurve, frame: Frame, theme: ChartTheme) {
  const colour = theme.colour(curve.identity.token)
  const objective = pairsOf(curve, frame, (point) => point.objective)
  return [
    ...boundedParts(curve).flatMap((part, k) => drawBound(part, k, frame, theme)),
    line(curve.id, objective, { colour, width: 1.5, dash: [] }, 3, ON_OBJECTIVE),
    ...levelMarks(curve, frame, colour, theme),
  ]
}

function drawNeurons(curve: PathCurve, frame: Frame, theme: ChartTheme) {
  const stroke = { colour: theme.colour(curve.identity.token), width: 1.5, dash: [] }
  const data = pairsOf(curve, frame, ({ neurons }) => neurons)
  return { ...line(`${curve.id}/neurons`, data, stroke, 3, ON_NEURONS), step: 'middle' }
}

function drawScores(curve: PathCurve, model: PathModel, frame: Frame, theme: ChartTheme) {
  const colour = theme.colour(curve.identity.token)
  const train = pairsOf(curve, frame, scoreReader(model, 'train'))
  const test = pairsOf(curve, frame, scoreReader(model, 'test'))
  return [
    line(`${curve.id}/train`, train, { colour, width: 1.5, dash: [] }, 3, ON_SCORE),
    line(`${curve.id}/test`, test, { colour: theme.text, width: 1.25, dash: TEST_DASH }, 3, ON_SCORE),
  ]
}

interface EndLabel {
  text: string
  colour: string
  at: Pair | undefined
}

/** Names at the right edge of one plot, level with the ends of their lines. */
function endLabels(labels: readonly EndLabel[], frame: Frame, theme: ChartTheme) {
  const shown = labels.flatMap(({ at, ...rest }) => (at ? [{ ...rest, at }] : []))
  const valueOf = ({ kind }: { kind: 'log' | 'linear' }, at: number) => (kind === 'log' ? 10 ** at : at)
  const [low, high] = [frame.top + LABEL_HEIGHT / 2, frame.height - frame.bottom - LABEL_HEIGHT / 2]
  const wanted = shown.map(({ at }) => Math.min(high, Math.max(low, pixelY(frame, valueOf(frame.y, at[1])))))
  const placed = spreadLabels(wanted, LABEL_HEIGHT, low, high)
  const edge = frame.width - frame.right
  return shown.flatMap(({ text, colour, at }, i) => [
    leaderLine(pixelX(frame, valueOf(frame.x, at[0])) + 5, wanted[i], edge + 6, placed[i], colour),
    nameText(shortened(text, frame.right - 11), edge + 9, placed[i], colour, theme),
  ])
}

function allLabels(model: PathModel, { objective, neurons, score }: PathFrames, theme: ChartTheme) {
  const several = model.curves.length > 1
  const named = model.curves.map((curve) => ({ curve, colour: theme.colour(curve.identity.token) }))
  const last = (curve: PathCurve, frame: Frame, read: Read) => pairsOf(curve, frame, read).at(-1)
  const suffix = ({ label }: PathCurve) => (several ? `, ${label}` : '')
  return [
    ...endLabels(
      named.flatMap(({ curve, colour }) => [
        {
          text: several ? curve.label : 'Objective',
          colour,
          at: last(curve, objective, (point) => point.objective),
        },
        {
          text: `Lower bound${suffix(curve)}`,
          colour: theme.text,
          at: last(curve, objective, networkBound),
        },
      ]),
      objective,
      theme,
    ),
    ...endLabels(
      several
        ? named.map(({ curve, colour }) => ({
            text: curve.label,
            colour,
            at: last(curve, neurons, (point) => point.neurons),
          }))
        : [],
      neurons,
      theme,
    ),
    ...endLabels(
      named.flatMap(({ curve, colour }) => [
        { text: `Train${suffix(curve)}`, colour, at: last(curve, score, scoreReader(model, 'train')) },
        {
          text: `Test${suffix(curve)}`,
          colour: theme.text,
          at: last(curve, score, scoreReader(model, 'test')),
        },
      ]),
      score,
      theme,
    ),
  ]
}

/** What the marks mean, for those that occur. */
function legend({ curves }: PathModel, { objective }: PathFrames, theme: ChartTheme) {
  const levels = new Set(curves.flatMap(({ points }) => points.map(({ certificate }) => certificate.level)))
  const words = Object.entries(CERTIFICATE_WORDS).filter(([level]) => levels.has(level as CertificateLevel))
  const text = words
    .map(([level, { symbol, word }]) => `${level === 'none' ? '○' : symbol} ${word}`)
    .join('   ')
  return nameText(text, objective.left + 2, objective.top / 2, theme.muted, theme)
}

const titleOfScore = ({ score }: PathModel) => (score === 'accuracy' ? 'Accuracy, %' : 'Loss')

/** The whole option; give it to ECharts with `notMerge`. */
export function pathOption(model: PathModel, frames: PathFrames, theme: ChartTheme): ChartOption {
  const { objective, neurons, score } = frames
  const all = [objective, neurons, score]
  const titles = ['Objective', 'Neurons', titleOfScore(model)]
  const wantedX = Math.round((score.width - score.left - score.right) / 90)
  const plotHeight = (frame: Frame) => frame.height - frame.top - frame.bottom
  return {
    animation: false,
    backgroundColor: theme.background,
    textStyle: { fontFamily: theme.font },
    grid: all.map(({ left, right, top, bottom }) => ({
      left,
      right,
      top,
      bottom,
      containLabel: false,
      outerBoundsMode: 'none',
    })),
    xAxis: all.map((frame, k) => {
      const isLowest = k === all.length - 1
      const axis = axisOption(frame.x, wantedX, { title: isLowest ? 'Weight decay β' : '', gap: 26 }, theme)
      return { ...axis, gridIndex: k, axisLabel: { ...axis.axisLabel, show: isLowest } }
    }),
    yAxis: all.map((frame, k) => ({
      ...axisOption(frame.y, Math.round(plotHeight(frame) / 30), { title: titles[k], gap: 46 }, theme),
      gridIndex: k,
    })),
    series: model.curves.flatMap((curve) => [
      ...drawObjective(curve, objective, theme),
      drawNeurons(curve, neurons, theme),
      ...drawScores(curve, model, score, theme),
    ]),
    graphic: { elements: [legend(model, frames, theme), ...allLabels(model, frames, theme)] },
  }
}
