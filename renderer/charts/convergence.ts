/** What the convergence chart shows, in values: curves, trial bands, dual bounds. Drawing is convergence-option.ts. */
import type { HistoryPoint } from '../../core/experiments/result.ts'
import { bandOf, lastAtOrBefore } from './bands.ts'
import type { Band, Curve } from './bands.ts'
import type { Identity } from './identity.ts'
import { isMeasure, measureSeries, measureTitle } from './measures.ts'
import type { MeasureQuantity } from './measures.ts'
import { bestBounds, bestObjectives } from './run-groups.ts'
import type { RunGroup, TracedRun } from './run-groups.ts'
import type { ScaleKind } from './scale.ts'

export type TimeAxis = 'seconds' | 'iterations'
/** gap: objective − reference, the best lower bound of the problem, else the best objective known. */
export type Quantity = 'objective' | 'gap' | MeasureQuantity

export interface ConvergenceView {
  axis: TimeAxis
  quantity: Quantity
  xKind: ScaleKind
  yKind: ScaleKind
}

export interface ConvergenceSeries extends Curve {
  id: string
  label: string
  identity: Identity
  /** More than one trial: `xs`, `ys` are the median. */
  band: Band | null
}

export interface BoundSeries extends Curve {
  id: string
  label: string
  /** The series whose gap to this bound is shaded; absent when that curve is not drawn as one line. */
  over: string | null
}

export interface ConvergenceModel {
  view: ConvergenceView
  series: ConvergenceSeries[]
  bounds: BoundSeries[]
  /** What gaps are measured from; null when objectives are shown. */
  reference: 'bound' | 'best' | null
}

const abscissa = (point: HistoryPoint, axis: TimeAxis) =>
  axis === 'seconds' ? point.seconds : point.iteration

/**
 * Where a run's curve ends: at the objective of the returned network; a relaxation's own value belongs to another
 * function than its network's objective, and its curve stays with what it recorded.
 */
function lastValue(run: TracedRun): number | null {
  const { record, method } = run
  if (!record) return null
  return method === 'gated' ? record.programObjective : record.objective
}

/** The recorded objectives of one run up to {@link lastValue}. */
function objectiveCurve(run: TracedRun, axis: TimeAxis, offset: number): Curve {
  const curve: Curve = { xs: [], ys: [] }
  for (const point of run.history) {
    if (point.objective === undefined || !Number.isFinite(point.objective)) continue
    curve.xs.push(abscissa(point, axis))
    curve.ys.push(point.objective - offset)
  }
  const { record } = run
  const last = lastValue(run)
  if (record && last !== null && Number.isFinite(last)) {
    curve.xs.push(Math.max(curve.xs.at(-1) ?? 0, axis === 'seconds' ? record.seconds : record.iterations))
    curve.ys.push(last - offset)
  }
  return curve
}

/** Where a run's own bound ends: its last dual value, or what its certificate makes of that. */
function lastBound({ record }: TracedRun): number | null {
  if (record?.dual == null) return null
  return Math.min(record.dual, record.certificate.lowerBound ?? Infinity)
}

/** Whether the recorded duals were of fewer cells than the program had in the end: those bound nothing. */
const hasGrown = ({ record }: TracedRun) => typeof record?.details.rounds === 'number'

/** The best dual value so far at every step: each dual value is a bound, so the largest one is what is known. */
function boundCurve(run: TracedRun, axis: TimeAxis): Curve {
  const curve: Curve = { xs: [], ys: [] }
  const last = lastBound(run)
  let best = -Infinity
  for (const point of hasGrown(run) ? [] : run.history) {
    if (point.dual === undefined || !Number.isFinite(point.dual)) continue
    best = Math.max(best, Math.min(point.dual, last ?? Infinity))
    curve.xs.push(abscissa(point, axis))
    curve.ys.push(best)
  }
  const { record } = run
  if (record && last !== null && Number.isFinite(last)) {
    curve.xs.push(Math.max(curve.xs.at(-1) ?? 0, axis === 'seconds' ? record.seconds : record.iterations))
    curve.ys.push(last)
  }
  return curve
}

function seriesOf(group: RunGroup, view: ConvergenceView, offset: number): ConvergenceSeries | null {
  const curves = group.runs
    .map((run) => ({ ...objectiveCurve(run, view.axis, offset), open: run.state !== 'finished' }))
    .filter(({ xs }) => xs.length > 0)
  if (curves.length === 0) return null
  const label = group.method === 'gated' ? `${group.label}, relaxed value` : group.label
  const base = { id: group.id, label, identity: group.identity }
  if (curves.length === 1) {
    return { ...base, xs: curves[0].xs, ys: curves[0].ys, band: null }
  }
  const band = bandOf(curves, view.xKind)
  if (!band) return null
  return {
    ...base,
    label: `${group.label} ×${curves.length}`,
    xs: band.xs,
    ys: band.median,
    band,
  }
}

/** The bound of a group: of its run whose dual value is largest in the end, for trials of one problem share it. */
function boundOf(group: RunGroup, view: ConvergenceView): BoundSeries | null {
  const curves = group.runs.map((run) => boundCurve(run, view.axis)).filter(({ ys }) => ys.length > 0)
  if (curves.length === 0) return null
  const best = curves.reduce((a, b) => (b.ys.at(-1) > a.ys.at(-1) ? b : a))
  const partial = group.runs.some(({ record }) => record?.certificate.level === 'dictionary')
  const over = group.runs.length === 1 ? group.id : null
  return {
    id: `${group.id}/bound`,
    label: partial ? 'Dual bound, patterns used' : 'Dual bound',
    over,
    ...best,
  }
}

/** Bounds of all groups; each says whose it is where there are several. */
function boundsOf(groups: readonly RunGroup[], view: ConvergenceView): BoundSeries[] {
  // A path has a bound at every β, in a chart of its own.
  const followed = groups.filter(({ method }) => method !== 'path')
  const found = followed.flatMap((group) => {
    const bound = boundOf(group, view)
    return bound ? [{ group, bound }] : []
  })
  if (found.length === 1) return [found[0].bound]
  return found.map(({ group, bound }) => ({
    ...bound,
    label: `${bound.label}, ${group.label}`,
  }))
}

/** @returns one number per problem, and whether every one of them is a proved bound. */
function references(groups: readonly RunGroup[]): { values: Map<string, number>; proved: boolean } {
  const values = bestObjectives(groups)
  const bounds = bestBounds(groups)
  const proved = [...values.keys()].every((problem) => bounds.has(problem))
  for (const [problem, bound] of bounds) values.set(problem, bound)
  return { values, proved }
}

/** The model of the chart for these groups. Groups without a recorded objective are left out. */
export function convergenceModel(groups: readonly RunGroup[], view: ConvergenceView): ConvergenceModel {
  if (view.quantity === 'objective') {
    const series = groups.flatMap((group) => seriesOf(group, view, 0) ?? [])
    return { view, series, bounds: boundsOf(groups, view), reference: null }
  }
  if (isMeasure(view.quantity)) {
    return { view, series: measureSeries(groups, view.quantity, view), bounds: [], reference: null }
  }
  const { values, proved } = references(groups)
  const series = groups.flatMap((group) => {
    const offset = values.get(group.problem)
    return offset === undefined ? [] : (seriesOf(group, view, offset) ?? [])
  })
  return { view, series, bounds: [], reference: proved ? 'bound' : 'best' }
}

export interface Reading {
  id: string
  label: string
  /** Null before the curve's first point. */
  value: number | null
  /** Least and greatest trial, for bands. */
  range: [number, number] | null
}

/** What the crosshair reads at `x`: the last recorded value of every curve and bound. */
export function readingsAt(model: ConvergenceModel, x: number): Reading[] {
  const read = ({ id, label, xs, ys }: Curve & { id: string; label: string }, band: Band | null): Reading => {
    const at = lastAtOrBefore(xs, x)
    if (at < 0) return { id, label, value: null, range: null }
    return { id, label, value: ys[at], range: band ? [band.min[at], band.max[at]] : null }
  }
  return [
    ...model.series.map((series) => read(series, series.band)),
    ...model.bounds.map((bound) => read(bound, null)),
  ]
}

export const AXIS_TITLES: Record<TimeAxis, string> = { seconds: 'Time / s', iterations: 'Iterations' }

/** The title of the vertical axis: what is measured and from where. */
export function quantityTitle({ view, reference }: Pick<ConvergenceModel, 'view' | 'reference'>): string {
  if (view.quantity === 'objective') return 'Objective'
  if (isMeasure(view.quantity)) return measureTitle(view.quantity)
  return reference === 'bound' ? 'Objective − best lower bound' : 'Objective − best objective found'
}
