/** From what a person wrote to what is run: sweeps expanded, defaults filled in, one spec a run. */
import { z } from 'zod'
import { BidualError } from '../errors.ts'
import { methodLabel } from './catalog.ts'
import { concreteDocumentSchema } from './document.ts'
import { firstIssue, formatPath, issuesOf, type DocumentIssue } from './document-issues.ts'
import type { ConcreteDocument, MethodSettings, NetworkSettings } from './document.ts'
import type { RunSpec } from './problem.ts'

/** A document may expand into at most this many runs; more is a slip of the keyboard. */
export const MAX_RUNS = 10_000

type Json = unknown
type Path = (string | number)[]
interface Sweep {
  path: Path
  values: number[]
}

const sweepSchema = z.strictObject({ sweep: z.array(z.number()).min(1).max(MAX_RUNS) })
const logspaceSchema = z.strictObject({
  /** [first exponent, last exponent, count], base 10. */
  logspace: z.tuple([z.number(), z.number(), z.number().int().min(1).max(MAX_RUNS)]),
})

const isRecord = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parseSweep(value: Record<string, Json>, path: Path): number[] | null {
  if ('sweep' in value) {
    const parsed = sweepSchema.safeParse(value)
    if (!parsed.success) throw firstIssue(parsed.error, value, path)
    return parsed.data.sweep
  }
  if ('logspace' in value) {
    const parsed = logspaceSchema.safeParse(value)
    if (!parsed.success) throw firstIssue(parsed.error, value, path)
    const [first, last, count] = parsed.data.logspace
    if (count === 1) return [10 ** first]
    return Array.from({ length: count }, (_, i) => 10 ** (first + ((last - first) * i) / (count - 1)))
  }
  return null
}

function findSweeps(value: Json, path: Path = []): Sweep[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => findSweeps(item, [...path, i]))
  if (!isRecord(value)) return []
  const values = parseSweep(value, path)
  if (values) return [{ path, values }]
  return Object.entries(value).flatMap(([key, item]) => findSweeps(item, [...path, key]))
}

function replaceAt(value: Json, path: Path, replacement: number): Json {
  if (path.length === 0) return replacement
  const [head, ...rest] = path
  if (Array.isArray(value))
    return value.map((item: Json, i) => (i === head ? replaceAt(item, rest, replacement) : item))
  const record = value as Record<string, Json>
  return { ...record, [head]: replaceAt(record[head], rest, replacement) }
}

/** Every combination of the sweeps, in the order written, the last one fastest. */
function combinations(sweeps: Sweep[]): Record<string, number>[] {
  return sweeps.reduce<Record<string, number>[]>(
    (points, { path, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [formatPath(path)]: value }))),
    [{}],
  )
}

function parseConcrete(json: Json): ConcreteDocument {
  const parsed = concreteDocumentSchema.safeParse(json)
  if (!parsed.success) throw firstIssue(parsed.error, json)
  return parsed.data
}

function concreteAt(json: Json, sweeps: Sweep[], point: Record<string, number>): ConcreteDocument {
  const replaced = sweeps.reduce((value, { path }) => replaceAt(value, path, point[formatPath(path)]), json)
  return parseConcrete(replaced)
}

const firstPoint = (sweeps: Sweep[]) =>
  Object.fromEntries(sweeps.map(({ path, values }) => [formatPath(path), values[0]]))

/** Six digits name a swept value in keys and labels; expand() refuses two runs with one name. */
const shortNumber = (value: number) => String(Number(value.toPrecision(6)))

/** Keys appear in folder names and the wire's schema: brackets and dots of paths become `-`. */
function runKey(
  settings: MethodSettings,
  occurrence: number,
  trial: number,
  point: Record<string, number>,
): string {
  const method = occurrence > 0 ? `${settings.id}_${occurrence + 1}` : settings.id
  const withTrial = settings.id === 'sgd' && settings.trials > 1 ? `${method}-${trial + 1}` : method
  const swept = Object.entries(point)
    .map(
      ([path, value]) =>
        `${path.replace(/^methods\[\d+\]\./, '').replace(/[^A-Za-z0-9]+/g, '-')}=${shortNumber(value)}`,
    )
    .join(',')
  return swept ? `${withTrial}@${swept}` : withTrial
}

function runLabel(settings: MethodSettings, trial: number, point: Record<string, number>): string {
  const parts = [methodLabel(settings)]
  if (settings.id === 'sgd' && settings.trials > 1) parts.push(`trial ${trial + 1}`)
  for (const [path, value] of Object.entries(point))
    parts.push(`${path.split('.').at(-1)} ${shortNumber(value)}`)
  return parts.join(' · ')
}

/** Sweeps inside `methods[i]` concern that method only; the others concern every method. */
function concerns(sweep: Sweep, methodIndex: number): boolean {
  return sweep.path[0] !== 'methods' || sweep.path[1] === methodIndex
}

/**
 * Validate a document and expand it into its runs.
 *
 * @param json parsed JSON, untrusted
 * @returns one spec a run (sweep point × method × trial), with unique keys, in document order
 * @throws BidualError `bad-input` naming the JSON path; `too-large` above {@link MAX_RUNS} runs
 */
export function expandDocument(json: Json): RunSpec[] {
  const sweeps = findSweeps(json)
  const base = concreteAt(json, sweeps, firstPoint(sweeps))
  const specs: RunSpec[] = []
  base.methods.forEach((_, methodIndex) => {
    const own = sweeps.filter((sweep) => concerns(sweep, methodIndex))
    const total = own.reduce((product, { values }) => product * values.length, 1)
    if (specs.length + total > MAX_RUNS) {
      throw new BidualError(
        'too-large',
        `The document expands into more than ${MAX_RUNS} runs. Shorten a sweep.`,
      )
    }
    for (const point of combinations(own)) {
      const document = concreteAt(json, sweeps, { ...firstPoint(sweeps), ...point })
      const settings = document.methods[methodIndex]
      const occurrence = base.methods.slice(0, methodIndex).filter(({ id }) => id === settings.id).length
      const trials = settings.id === 'sgd' ? settings.trials : 1
      for (let trial = 0; trial < trials; trial++) {
        const key = runKey(settings, occurrence, trial, point)
        specs.push({ key, label: runLabel(settings, trial, point), trial, point, document, methodIndex })
      }
    }
    if (specs.length > MAX_RUNS) {
      throw new BidualError(
        'too-large',
        `The document expands into more than ${MAX_RUNS} runs. Use fewer trials.`,
      )
    }
  })
  refuseDuplicates(specs)
  return specs
}

function refuseDuplicates(specs: RunSpec[]): void {
  const seen = new Set<string>()
  for (const { key } of specs) {
    if (seen.has(key))
      throw new BidualError('bad-input', `Two runs would be called "${key}": a sweep repeats a value.`)
    seen.add(key)
  }
}

/** The document with the first value of every sweep: what a preview prepares. Throws as {@link expandDocument}. */
export function firstConcrete(json: Json): ConcreteDocument {
  const sweeps = findSweeps(json)
  return concreteAt(json, sweeps, firstPoint(sweeps))
}

/**
 * Everything that is wrong with a document, for forms that show each problem at its field.
 *
 * @param json parsed JSON, untrusted
 * @returns one row a problem, unknown keys one by one; empty when the document can be expanded
 */
export function documentIssues(json: Json): DocumentIssue[] {
  try {
    const sweeps = findSweeps(json)
    const replaced = sweeps.reduce<Json>((value, { path, values }) => replaceAt(value, path, values[0]), json)
    const parsed = concreteDocumentSchema.safeParse(replaced)
    if (!parsed.success) return issuesOf(parsed.error, replaced)
    expandDocument(json)
    return []
  } catch (error) {
    if (!(error instanceof BidualError)) throw error
    return [{ path: error.place?.path ?? '$', message: error.message }]
  }
}

/**
 * Everything that decides the prepared data, as a string: runs with equal keys share one problem in memory.
 * The network's family and outputs and the loss decide how targets are coded.
 */
export function dataKey({ dataset, preprocess, split, network, loss }: ConcreteDocument): string {
  return JSON.stringify([dataset, preprocess, split, network.outputs, loss])
}

/** Sizes of the trained baselines: the optimum is over any number of neurons (THEORY §2). */
const BASELINE_SIZES: ReadonlySet<string> = new Set(['width', 'branches'])

/** The settings of the network that decide the objective function. */
export function problemNetwork(network: NetworkSettings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(network).filter(([name]) => !BASELINE_SIZES.has(name)))
}

/** Everything that decides the objective function: lower bounds are shared among runs with equal keys. */
export function problemKey(document: ConcreteDocument): string {
  const { network, loss, beta } = document
  return JSON.stringify([dataKey(document), problemNetwork(network), loss, beta])
}
