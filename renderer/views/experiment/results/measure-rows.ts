/** What was measured of a run's network beyond its layers, as rows of its details. */
import { timeToReach } from '../../../../core/measures/time-to-reach.ts'
import type { RunMeasures } from '../../../../core/experiments/result.ts'
import type { TracedRun } from '../../../charts/run-groups.ts'
import { formatCount, formatGap, formatShort } from '../../../composables/format.ts'
import type { DetailRow } from './detail-words.ts'

const percent = (share: number): string => `${formatShort(100 * share, 3)} %`
const many = (value: number): string => (value < 1e7 ? formatCount(value) : formatShort(value, 2))

function patternRow({ patterns }: RunMeasures): DetailRow[] {
  if (!patterns) return []
  const { found, bound } = patterns
  const text = bound === null ? many(found) : `${many(found)} of at most ${many(bound)}`
  return [{ name: 'Patterns of its neurons', value: found, text, term: 'cells-found' }]
}

function projectionRow({ projections }: RunMeasures): DetailRow[] {
  if (!projections) return []
  const text = projections.sums.map((sum) => formatShort(sum, 3)).join(', ')
  return [{ name: `Neurons along the ${projections.name}`, value: text, text }]
}

/** Neural collapse, by the usual names. */
function collapseRows({ collapse }: RunMeasures): DetailRow[] {
  if (!collapse) return []
  const row = (name: string, value: number): DetailRow => ({ name, value, text: formatGap(value) })
  return [
    row('NC1, within over between', collapse.withinClass),
    row('NC2, spread of lengths', collapse.equinorm),
    row('NC2, spread of angles', collapse.equiangularity),
    row('NC2, distance to simplex', collapse.simplexDistance),
    row('NC3, distance to weights', collapse.duality),
  ]
}

/** Kinks named at most: those of the largest jumps of slope. */
const NAMED_KINKS = 6

/** Of functions of data on a line: how far from the linear spline through the points, and where the kinks are. */
function splineRows({ spline }: RunMeasures): DetailRow[] {
  if (!spline) return []
  const { deviation, relativeDeviation, kinks, jumpAtPoints } = spline
  const share = relativeDeviation === null ? '' : ` (${percent(relativeDeviation)} of the range)`
  const named = kinks.slice(0, NAMED_KINKS).map(({ at }) => formatShort(at, 3))
  const others = kinks.length > named.length ? ', …' : ''
  const where = kinks.length > 0 ? ` at ${named.join(', ')}${others}` : ''
  return [
    { name: 'Farthest from the linear spline', value: deviation, text: formatGap(deviation) + share },
    { name: 'Kinks of the function', value: kinks.length, text: `${formatCount(kinks.length)}${where}` },
    { name: 'Changes of slope at data points', value: jumpAtPoints, text: percent(jumpAtPoints) },
  ]
}

/** How near to its end an objective counts as there. */
const NEAR = 0.01

function timeRow({ history, record }: TracedRun): DetailRow[] {
  if (!record || record.objective === null || history.length < 2) return []
  const target = record.objective + NEAR * Math.abs(record.objective)
  const seconds = timeToReach(history, target, record)
  const text = seconds === null ? undefined : formatShort(seconds, 3)
  return [{ name: 'Seconds to within 1 % of its end', value: seconds, text }]
}

/** Rows in the order of THEORY §7; those without a value are left out. */
export function measureRows(run: TracedRun): DetailRow[] {
  const measures = run.record?.measures
  const measured = measures
    ? [
        ...patternRow(measures),
        ...projectionRow(measures),
        ...collapseRows(measures),
        ...splineRows(measures),
      ]
    : []
  return [...measured, ...timeRow(run)]
}
