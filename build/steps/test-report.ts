import { existsSync, readFileSync } from 'node:fs'

/** How many tests ended how. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
}

/**
 * Adds up the reports that Vitest's JSON reporter wrote.
 *
 * @param paths - Report files; one that is not there (the step did not come to its end) adds nothing.
 * @returns Sums over all reports; to-dos count as skipped.
 */
export function countTests(paths: readonly string[]): Counts {
  const reports = paths
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as VitestReport)
  const sum = (count: (report: VitestReport) => number) =>
    reports.reduce((total, one) => total + count(one), 0)
  return {
    passed: sum((report) => report.numPassedTests),
    failed: sum((report) => report.numFailedTests),
    skipped: sum((report) => report.numPendingTests + report.numTodoTests),
  }
}

/** The closing line of `npm test`. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
