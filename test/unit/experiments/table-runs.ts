/** Documents on tables in memory, prepared, inspected and run as the hosts do it, in one thread. */
import { prepareProblem } from '../../../core/data/prepare.ts'
import type { Column, ImageShape, Table } from '../../../core/data/table.ts'
import { categoricalColumn } from '../../../core/data/table.ts'
import { methodApplies, type Applicability } from '../../../core/experiments/catalog.ts'
import type { DocumentInput } from '../../../core/experiments/document.ts'
import { expandDocument } from '../../../core/experiments/expand.ts'
import type { Problem, RunSpec } from '../../../core/experiments/problem.ts'
import { executeRun, problemOf, type RunOutput, type RunUpdate } from '../../../core/experiments/runner.ts'

/** Numbers, or names of classes. */
export type Target = readonly number[] | readonly string[]

/** A table of the rows of X and target columns y1, y2 …, as a reader would have made it. */
export function tableOf(
  X: readonly (readonly number[])[],
  targets: readonly Target[],
  image: ImageShape | null = null,
): Table {
  const features = X[0].map((_, j) =>
    numeric(
      `x${j + 1}`,
      X.map((row) => row[j]),
    ),
  )
  const columns = targets.map((target, k) => {
    const name = `y${k + 1}`
    return target.every((value) => typeof value === 'string')
      ? categoricalColumn(name, target)
      : numeric(name, target)
  })
  return {
    name: 'table.csv',
    format: image ? 'idx' : 'csv',
    gzip: false,
    dialect: null,
    rows: X.length,
    columns: [...features, ...columns],
    lines: null,
    image,
    target: null,
    notes: [],
  }
}

const numeric = (name: string, values: readonly number[]): Column => ({
  kind: 'numeric',
  name,
  values: Float64Array.from(values),
  strays: [],
})

/** The names of a table's target columns. */
export const targetsOf = ({ columns }: Table): string[] =>
  columns.map(({ name }) => name).filter((name) => name.startsWith('y'))

/** What a document is about, without its data set. */
export type Asked = Pick<DocumentInput, 'network' | 'loss' | 'methods'> & Partial<DocumentInput>

export interface Prepared {
  specs: RunSpec[]
  problem: Problem
}

/** @throws BidualError as preparing does */
export function prepareTable(table: Table, asked: Asked): Prepared {
  const specs = expandDocument({
    version: 1,
    name: 'a test',
    dataset: { file: table.name, target: targetsOf(table) },
    beta: 0.1,
    ...asked,
  })
  const options = { table, sha256: '0', allocate: (length: number) => new Float64Array(length) }
  const { problem } = prepareProblem({ document: specs[0].document, ...options })
  return { specs, problem }
}

/** What inspection says of a run. */
export const inspect = (problem: Problem, spec: RunSpec): Applicability =>
  methodApplies(problemOf(problem, spec), spec.document.methods[spec.methodIndex])

/** @param isCancelled asked with the number of updates so far */
export async function runSpec(
  problem: Problem,
  spec: RunSpec,
  isCancelled: (updates: number) => boolean = () => false,
): Promise<{ output: RunOutput; updates: RunUpdate[] }> {
  const updates: RunUpdate[] = []
  const host = { now: () => 0, isCancelled: () => isCancelled(updates.length) }
  const run = executeRun(problem, spec, host)
  let step = await run.next()
  while (!step.done) {
    updates.push(step.value)
    step = await run.next()
  }
  return { output: step.value, updates }
}
