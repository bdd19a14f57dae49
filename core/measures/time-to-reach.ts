import type { HistoryPoint } from '../experiments/result.ts'

/**
 * Seconds until the recorded objective was at most `target`, by the first recorded point that is; null when none is.
 *
 * @param end the objective of the returned network and the seconds that the whole run took: the last point
 */
export function timeToReach(
  history: readonly HistoryPoint[],
  target: number,
  end: { objective: number | null; seconds: number },
): number | null {
  const first = history.find(({ objective }) => objective !== undefined && objective <= target)
  if (first) return first.seconds
  return end.objective !== null && end.objective <= target ? end.seconds : null
}
