/** What the chart of paths in β shows, in values. Drawing is path-option.ts. */
import type { PathPoint } from '../../core/experiments/result.ts'
import type { Identity } from './identity.ts'
import type { RunGroup } from './run-groups.ts'

export interface PathCurve {
  id: string
  label: string
  identity: Identity
  /** In ascending order of β. */
  points: PathPoint[]
}

export interface PathModel {
  curves: PathCurve[]
  /** Accuracy where the task has one, else the loss. */
  score: 'accuracy' | 'loss'
  /** Whether rows were held out. */
  tested: boolean
}

/** The paths among the runs; a run that has not ended has none. */
export function pathModel(groups: readonly RunGroup[]): PathModel {
  const curves = groups.flatMap(({ id, label, identity, runs }) => {
    const path = runs[0].record?.path ?? []
    const points = [...path].sort((a, b) => a.beta - b.beta)
    return points.length > 0 ? [{ id, label, identity, points }] : []
  })
  const points = curves.flatMap((curve) => curve.points)
  return {
    curves,
    score: points.some(({ train }) => train.accuracy !== null) ? 'accuracy' : 'loss',
    tested: points.some(({ test }) => test !== null),
  }
}

/** What the optimum of the network cannot be below; null where a bound was proved for the patterns used only. */
export function networkBound({ certificate: { level, lowerBound } }: PathPoint): number | null {
  return level === 'global' || level === 'bound' ? lowerBound : null
}

export interface PathReading {
  curve: PathCurve
  point: PathPoint
}

/** The point of every path nearest to `beta` on the logarithmic axis. */
export function nearestPoints({ curves }: PathModel, beta: number): PathReading[] {
  const distance = (point: PathPoint) => Math.abs(Math.log(point.beta / beta))
  return curves.map((curve) => ({
    curve,
    point: curve.points.reduce((best, point) => (distance(point) < distance(best) ? point : best)),
  }))
}
