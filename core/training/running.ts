import type { NamedArrays } from '../experiments/problem.ts'

/** Share of a batch in the running averages; with all rows in a batch there is nothing to average. */
export const RUNNING_MOMENTUM = 0.1

/**
 * Running averages of batch statistics after one more batch (Ergen et al. 2022, appendix): means as they are, norms as
 * their squares, which are variances; both biased, so that a batch of all rows gives the training statistics. They begin
 * with the first batch, not with 0 and 1, which have no meaning for columns of any scale.
 *
 * @param running before the batch; null before the first
 * @param momentum share of the batch
 */
export function runningAverages(
  running: NamedArrays | null,
  batch: NamedArrays,
  momentum: number,
): NamedArrays {
  if (!running) return batch
  const entries = Object.entries(batch).map(([name, { shape, data }]) => {
    const before = running[name].data
    const mixed = name.startsWith('norm')
      ? data.map((value, j) => Math.sqrt(mix(before[j] ** 2, value ** 2, momentum)))
      : data.map((value, j) => mix(before[j], value, momentum))
    return [name, { shape, data: mixed }]
  })
  return Object.fromEntries(entries) as NamedArrays
}

const mix = (before: number, now: number, share: number): number => (1 - share) * before + share * now
