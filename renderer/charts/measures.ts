/** Measures of THEORY §7 over the iterations as curves: a line a layer, drawn by the convergence chart. */
import type { HistoryPoint, RunMeasures, RunRecord, StepMeasures } from '../../core/experiments/result.ts'
import { bandOf } from './bands.ts'
import type { Curve } from './bands.ts'
import type { ConvergenceSeries, ConvergenceView } from './convergence.ts'
import type { Identity, Marker } from './identity.ts'
import type { RunGroup, TracedRun } from './run-groups.ts'

export const MEASURE_QUANTITIES = ['ranks', 'norms', 'alignment', 'start', 'score'] as const
export type MeasureQuantity = (typeof MEASURE_QUANTITIES)[number]

/** One line of a run: its words, and its value at a recorded step and at the end. */
interface MeasureLine {
  name: string
  /** Lines of the same dash are of one layer. */
  layer: number
  /** The second of two measures of a layer. */
  second?: boolean
  at: (step: StepMeasures) => number | null | undefined
  end: (record: RunRecord) => number | null | undefined
}

interface MeasureDefinition {
  /** Of the vertical axis. */
  title: string
  lines: (runs: readonly TracedRun[]) => MeasureLine[]
}

/** A line for every entry of the longest list that any run has recorded. */
function perLayer(
  runs: readonly TracedRun[],
  name: (layer: number) => string,
  at: (step: StepMeasures) => readonly (number | null)[],
  end: (measures: RunMeasures) => readonly (number | null)[],
  second = false,
): MeasureLine[] {
  const lengths = runs.flatMap(({ history, record }) => [
    ...history.flatMap(({ measures }) => (measures ? [at(measures).length] : [])),
    ...(record?.measures ? [end(record.measures).length] : []),
  ])
  return Array.from({ length: Math.max(0, ...lengths) }, (_, l) => ({
    name: name(l + 1),
    layer: l,
    second,
    at: (step) => at(step)[l],
    end: ({ measures }) => measures && end(measures)[l],
  }))
}

const MEASURES: Record<MeasureQuantity, MeasureDefinition> = {
  ranks: {
    title: 'Rank of the layers: numerical, and stable (open marks)',
    lines: (runs) => [
      ...perLayer(
        runs,
        (l) => `rank W${l}`,
        ({ ranks }) => ranks,
        ({ layers }) => layers.map(({ rank }) => rank),
      ),
      ...perLayer(
        runs,
        (l) => `stable rank W${l}`,
        ({ stableRanks }) => stableRanks,
        ({ layers }) => layers.map(({ stableRank }) => stableRank),
        true,
      ),
    ],
  },
  norms: {
    title: 'Norm of the layers: Frobenius, and operator (open marks)',
    lines: (runs) => [
      ...perLayer(
        runs,
        (l) => `‖W${l}‖F`,
        ({ frobeniusNorms }) => frobeniusNorms,
        ({ layers }) => layers.map(({ frobeniusNorm }) => frobeniusNorm),
      ),
      ...perLayer(
        runs,
        (l) => `‖W${l}‖₂`,
        ({ operatorNorms }) => operatorNorms,
        ({ layers }) => layers.map(({ operatorNorm }) => operatorNorm),
        true,
      ),
    ],
  },
  alignment: {
    title: '|cos| between leading singular vectors of neighbouring layers',
    lines: (runs) =>
      perLayer(
        runs,
        (l) => `W${l} and W${l + 1}`,
        ({ alignments }) => alignments,
        ({ alignments }) => alignments,
      ),
  },
  start: { title: 'Cosine of the first layer with its start, by direction of the data', lines: startLines },
  score: { title: 'Accuracy', lines: scoreLines },
}

/** Of the directions that are recorded, strong to weak; more lines cannot be told apart. */
const SHOWN_DIRECTIONS = 4

function startLines(runs: readonly TracedRun[]): MeasureLine[] {
  const recorded = runs.flatMap(({ history }) => history).find(({ measures }) => measures?.similarities)
  const directions = recorded?.measures?.similarities?.directions ?? []
  const count = Math.min(SHOWN_DIRECTIONS, directions.length)
  return Array.from({ length: count }, (_, i) => {
    const k = Math.round((i * (directions.length - 1)) / Math.max(1, count - 1))
    return {
      name: `direction ${directions[k] + 1}`,
      layer: i,
      at: ({ similarities }) => similarities?.cosines[k],
      end: () => null,
    }
  })
}

function scoreLines(): MeasureLine[] {
  return [
    { name: 'training', layer: 0, at: ({ train }) => train.accuracy, end: ({ train }) => train.accuracy },
    { name: 'test', layer: 1, at: ({ test }) => test?.accuracy, end: ({ test }) => test?.accuracy },
  ]
}

export const measureTitle = (quantity: MeasureQuantity): string => MEASURES[quantity].title

export const isMeasure = (quantity: string): quantity is MeasureQuantity =>
  (MEASURE_QUANTITIES as readonly string[]).includes(quantity)

/** The measures that any of these runs has a value of. */
export function knownMeasures(groups: readonly RunGroup[]): MeasureQuantity[] {
  return MEASURE_QUANTITIES.filter((quantity) =>
    groups.some(({ runs }) =>
      MEASURES[quantity].lines(runs).some((line) => runs.some((run) => hasValue(run, line))),
    ),
  )
}

const hasValue = ({ history, record }: TracedRun, { at, end }: MeasureLine): boolean =>
  (record !== null && isValue(end(record))) ||
  history.some(({ measures }) => measures && isValue(at(measures)))

const isValue = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value)

/** The curves of these groups; several trials are one line, their median, with a band. */
export function measureSeries(
  groups: readonly RunGroup[],
  quantity: MeasureQuantity,
  view: Pick<ConvergenceView, 'axis' | 'xKind'>,
): ConvergenceSeries[] {
  return groups.flatMap((group) => {
    const lines = MEASURES[quantity].lines(group.runs)
    const series = lines.map((line, i) => seriesOf(group, line, i, view))
    return series.flatMap((one, i) => (one && !repeats(one, lines[i], series, lines) ? one : []))
  })
}

/** Both measures of a layer are the same where it is a vector: one line is enough. */
function repeats(
  { ys }: ConvergenceSeries,
  { layer, second }: MeasureLine,
  series: readonly (ConvergenceSeries | null)[],
  lines: readonly MeasureLine[],
): boolean {
  if (!second) return false
  const first = series[lines.findIndex((line) => line.layer === layer && !line.second)]
  return first?.ys.length === ys.length && first.ys.every((y, i) => Math.abs(y - ys[i]) <= SAME * Math.abs(y))
}

/** Relative: two ways to compute one number. */
const SAME = 1e-6

function seriesOf(
  group: RunGroup,
  line: MeasureLine,
  index: number,
  { axis, xKind }: Pick<ConvergenceView, 'axis' | 'xKind'>,
): ConvergenceSeries | null {
  const curves = group.runs
    .map((run) => ({ ...curveOf(run, line, axis), open: run.state !== 'finished' }))
    .filter(({ xs }) => xs.length > 0)
  if (curves.length === 0) return null
  const base = {
    id: `${group.id}/${index}`,
    label: `${group.label}, ${line.name}`,
    identity: lineIdentity(group.identity, line),
  }
  if (curves.length === 1) return { ...base, xs: curves[0].xs, ys: curves[0].ys, band: null }
  const band = bandOf(curves, xKind)
  return band && { ...base, xs: band.xs, ys: band.median, band }
}

function curveOf(run: TracedRun, { at, end }: MeasureLine, axis: ConvergenceView['axis']): Curve {
  const curve: Curve = { xs: [], ys: [] }
  const add = (x: number, y: number | null | undefined): void => {
    if (!isValue(y)) return
    curve.xs.push(x)
    curve.ys.push(y)
  }
  for (const point of run.history) if (point.measures) add(abscissa(point, axis), at(point.measures))
  const { record } = run
  // The returned network is the best one, not the last: a curve that was recorded keeps its own end.
  if (record && curve.xs.length === 0)
    add(axis === 'seconds' ? record.seconds : record.iterations, end(record))
  return curve
}

const abscissa = (point: HistoryPoint, axis: ConvergenceView['axis']): number =>
  axis === 'seconds' ? point.seconds : point.iteration

const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [11, 3, 2, 3], [4, 2], [1, 5]]
const MARKERS: readonly Marker[] = ['circle', 'rect', 'triangle', 'diamond']
const OPEN_MARKERS: readonly Marker[] = ['emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond']

/** The group's colour; dash and marker tell the layers apart. */
function lineIdentity({ token }: Identity, { layer, second = false }: MeasureLine): Identity {
  const markers = second ? OPEN_MARKERS : MARKERS
  return { token, dash: DASHES[layer % DASHES.length], marker: markers[layer % markers.length] }
}
