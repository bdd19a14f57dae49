/** What is compared: figures of a run with their best direction, and how far each run is from the best. */
import type { RunRecord } from '../../../core/experiments/result.ts'
import {
  formatCount,
  formatNumber,
  formatObjective,
  formatPercent,
  formatSeconds,
} from '../../composables/format.ts'

export interface Measure {
  id: string
  header: string
  title: string
  value: (record: RunRecord) => number | null
  text: (value: number | null) => string
  /** The difference from the best, with its sign. */
  difference: (value: number, best: number) => string
  better: 'less' | 'more' | 'neither'
}

const signed = (text: string, difference: number) => (difference > 0 ? `+${text}` : text)
const plain = (value: number, best: number) => signed(formatNumber(value - best, 2), value - best)
const points = (value: number, best: number) => signed(formatPercent(value - best), value - best)
const factor = (value: number, best: number) => (best > 0 ? `×${formatNumber(value / best, 2)}` : '')

export const MEASURES: readonly Measure[] = [
  {
    id: 'objective',
    header: 'Objective',
    title: 'Loss plus regulariser, on the training rows',
    value: ({ objective }) => objective,
    text: formatObjective,
    difference: plain,
    better: 'less',
  },
  {
    id: 'bound',
    header: 'Lower bound',
    title: 'Proved by the run’s certificate',
    value: ({ certificate }) => certificate.lowerBound,
    text: formatObjective,
    difference: plain,
    better: 'more',
  },
  {
    id: 'trainLoss',
    header: 'Train loss',
    title: 'Summed over the training rows',
    value: ({ train }) => train.loss,
    text: (value) => formatNumber(value, 4),
    difference: plain,
    better: 'less',
  },
  {
    id: 'train',
    header: 'Train acc. %',
    title: 'Accuracy on the training rows',
    value: ({ train }) => train.accuracy,
    text: formatPercent,
    difference: points,
    better: 'more',
  },
  {
    id: 'test',
    header: 'Test acc. %',
    title: 'Accuracy on the rows held out',
    value: ({ test }) => test?.accuracy ?? null,
    text: formatPercent,
    difference: points,
    better: 'more',
  },
  {
    id: 'testLoss',
    header: 'Test loss',
    title: 'Summed over the rows held out',
    value: ({ test }) => test?.loss ?? null,
    text: (value) => formatNumber(value, 4),
    difference: plain,
    better: 'less',
  },
  {
    id: 'seconds',
    header: 'Time s',
    title: 'Wall-clock seconds',
    value: ({ seconds }) => seconds,
    text: formatSeconds,
    difference: factor,
    better: 'less',
  },
  {
    id: 'neurons',
    header: 'Neurons',
    title: 'Active hidden units',
    value: ({ neurons }) => neurons,
    text: formatCount,
    difference: plain,
    better: 'neither',
  },
]

/** @returns the best value among the runs; null where no run has one, or none is better than another. */
export function bestOf(measure: Measure, records: readonly RunRecord[]): number | null {
  const values = records.map(measure.value).filter((value) => value !== null)
  if (values.length === 0 || measure.better === 'neither') return null
  return measure.better === 'less' ? Math.min(...values) : Math.max(...values)
}

/** Measures that at least one run has. */
export const measuresOf = (records: readonly RunRecord[]) =>
  MEASURES.filter(({ value }) => records.some((record) => value(record) !== null))
