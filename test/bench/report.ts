/** One measured line: what, how long, and against what. */
export interface Row {
  readonly what: string
  readonly figures: readonly string[]
}

/** Prints rows in aligned columns under a heading. */
export function printTable(title: string, columns: readonly string[], rows: readonly Row[]): void {
  const lines = [['', ...columns], ...rows.map(({ what, figures }) => [what, ...figures])]
  const widths = lines[0].map((_, j) => Math.max(...lines.map((line) => (line[j] ?? '').length)))
  process.stdout.write(`\n${title}\n`)
  for (const line of lines) {
    const cells = line.map((cell, j) => (j === 0 ? cell.padEnd(widths[j]) : cell.padStart(widths[j])))
    process.stdout.write(`${cells.join('  ')}\n`)
  }
}

export interface Timing {
  /** Processor seconds of this thread: what the step costs, whatever else the machine does. */
  readonly cpu: number
  /** Elapsed seconds: what counts when several threads help. */
  readonly wall: number
}

/** The best of `repetitions` runs (after one to warm up, when there are several). */
export function measure(body: () => unknown, repetitions = 3): Timing {
  return measureInTurn([body], repetitions)[0]
}

/**
 * The same for several bodies whose ratios count: they take turns, so that a busy spell meets all of them. Short ones
 * are run several times for each sample.
 */
export function measureInTurn(bodies: readonly (() => unknown)[], repetitions = 3): Timing[] {
  const counts = bodies.map((body) => (repetitions > 1 ? timesPerSample(timeOnce(body).wall) : 1))
  let best = bodies.map((): Timing => ({ cpu: Infinity, wall: Infinity }))
  for (let i = 0; i < repetitions; i++) {
    best = bodies.map((body, at) => faster(best[at], timeOnce(body, counts[at])))
  }
  return best
}

/** Systems count processor time in ticks of some milliseconds: a sample must be much longer. */
function timesPerSample(wall: number): number {
  return Math.max(1, Math.min(200, Math.ceil(0.15 / wall)))
}

/** The smaller of either time. */
export function faster(one: Timing, other: Timing): Timing {
  return { cpu: Math.min(one.cpu, other.cpu), wall: Math.min(one.wall, other.wall) }
}

function timeOnce(body: () => unknown, times = 1): Timing {
  const started = process.hrtime.bigint()
  const before = process.threadCpuUsage()
  for (let i = 0; i < times; i++) body()
  const { user, system } = process.threadCpuUsage(before)
  const wall = Number(process.hrtime.bigint() - started) / 1e9
  return { cpu: (user + system) / 1e6 / times, wall: wall / times }
}

export const seconds = (value: number) =>
  value < 0.01 ? `${(value * 1e3).toFixed(2)} ms` : `${value.toFixed(3)} s`
export const times = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)}×`
export const mebibytes = (bytes: number) => `${(bytes / (1 << 20)).toFixed(0)} MiB`
export const percent = (share: number) => `${(100 * share).toFixed(0)} %`
