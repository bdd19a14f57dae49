/** A stopped convex run as arrays and back: its solution, the blocks that growth has found, and the search for its bound. */
import { checksum } from '../../../certificates/saved-search.ts'
import { crc32 } from '../../../data/crc32.ts'
import { BidualError } from '../../../errors.ts'
import type { FoundBlocks } from '../../../programs/growth.ts'
import type { GrowPoint } from '../../../programs/grow.ts'
import type { Block } from '../../../programs/program.ts'
import type { SolverResult } from '../../../solvers/solver.ts'
import type { SettingsOf } from '../../document.ts'
import { RUN_STATUSES } from '../../result.ts'
import { savedArrays } from '../../saved-run.ts'
import type { NamedArray, NamedArrays, Problem, RunContext } from '../../problem.ts'
import { PROOF_METHODS, type Proof } from './proof.ts'

/** Where a run is. */
export interface ConvexState {
  /** Whether the program is solved, and what is left is to prove the bound of `result.V`. */
  proving: boolean
  result: SolverResult
  /** Neurons that the proof has found and the growth gone on with, so often. */
  reopenings: number
  /** Of growth; null for given cells with one output. */
  growth: { point: GrowPoint; found: FoundBlocks; rhoFound: number } | null
  /** The best bound so far. */
  best: Pick<Proof, 'lowerBound' | 'rhoRatio' | 'method' | 'cones'> | null
  /** The bound search of `result.V`, where there is one that was not too large to keep. */
  search: NamedArrays | null
}

/** Entries of a bound search that are kept (128 MiB); one of more begins anew, with the bound that was reached. */
export const LARGEST_SEARCH = 2 ** 24

type Settings = SettingsOf<'convex'>

/** What a run is about: the state of one with another key is refused. */
function runKey(
  { network, loss, beta }: Problem,
  settings: Settings,
  { dictionarySeed }: RunContext,
): number {
  return crc32(new TextEncoder().encode(JSON.stringify([network, loss, beta, settings, dictionarySeed])))
}

const FIGURES = 'convex.figures'
const NAMES = ['V', 'cells', 'outputs', 'vectors', 'atoms', 'blockCells', 'blockOutputs'] as const

const table = (rows: readonly Float64Array[]): NamedArray => {
  const cols = rows.length > 0 ? rows[0].length : 0
  const data = new Float64Array(rows.length * cols)
  rows.forEach((row, i) => data.set(row, i * cols))
  return { shape: [rows.length, cols], data }
}
const column = (values: readonly number[] | Float64Array): NamedArray => ({
  shape: [values.length],
  data: Float64Array.from(values),
})
const rowsOf = ({ shape: [rows, cols], data }: NamedArray): Float64Array[] =>
  Array.from({ length: rows }, (_, i) => data.slice(i * cols, (i + 1) * cols))

/** The state as arrays: `convex.…`, and `search.…` where a search is open. */
export function stateArrays(
  { proving, result, reopenings, growth, best, search }: ConvexState,
  ...run: [Problem, Settings, RunContext]
): NamedArrays {
  const { point, found, rhoFound } = growth ?? {}
  const figures = [
    ...[
      runKey(...run),
      Number(proving),
      RUN_STATUSES.indexOf(result.status),
      result.iterations,
      result.primal,
      result.dual,
      reopenings,
    ],
    ...[growth ? 1 : 0, point?.round ?? 0, point?.accuracy ?? 0, point?.rho ?? NaN, rhoFound ?? NaN],
    RUN_STATUSES.indexOf(point?.status ?? 'solved'),
    ...[
      best ? PROOF_METHODS.indexOf(best.method) : -1,
      best?.lowerBound ?? 0,
      best?.rhoRatio ?? 0,
      best?.cones ?? 0,
    ],
  ]
  const parts: Record<(typeof NAMES)[number], NamedArray> = {
    V: column(result.V),
    cells: column(result.blocks.map(({ cell }) => cell)),
    outputs: table(result.blocks.map(({ output }) => output)),
    vectors: table(result.blocks.map(({ vector }) => vector)),
    atoms: table(found?.atoms ?? []),
    blockCells: column(found?.cells ?? []),
    blockOutputs: table(found?.outputs ?? []),
  }
  const check = checksum([Float64Array.from(figures), ...NAMES.map((name) => parts[name].data)])
  const named = NAMES.map((name) => [`convex.${name}`, parts[name]])
  return {
    [FIGURES]: column([...figures, check]),
    ...(Object.fromEntries(named) as NamedArrays),
    ...search,
  }
}

/**
 * Where the run to go on from was stopped; null for a run that begins.
 *
 * @throws BidualError bad-input when it was of another problem, or what it left is damaged
 */
export function savedState(...run: [Problem, Settings, RunContext]): ConvexState | null {
  const [{ Y }, , context] = run
  const saved = savedArrays(run[0], context)
  if (!saved) return null
  if ([FIGURES, ...NAMES.map((name) => `convex.${name}`)].some((name) => !(name in saved))) throw damaged()
  const part = (name: (typeof NAMES)[number]): NamedArray => saved[`convex.${name}`]
  const all = saved[FIGURES].data
  const figures = all.subarray(0, -1)
  if (checksum([figures, ...NAMES.map((name) => part(name).data)]) !== all.at(-1)) throw damaged()
  const [
    key,
    proving,
    status,
    iterations,
    primal,
    dual,
    reopenings,
    grows,
    round,
    accuracy,
    rho,
    rhoFound,
    last,
  ] = figures
  if (key !== runKey(...run)) {
    throw new BidualError(
      'bad-input',
      'The stopped run had another problem or other settings: start it anew.',
    )
  }
  if (part('V').data.length !== Y.data.length) throw damaged()
  const blocks = blocksOf(part('cells'), part('outputs'), part('vectors'))
  const point = { round, accuracy, rho: Number.isNaN(rho) ? null : rho, status: RUN_STATUSES[last] }
  const found = {
    atoms: rowsOf(part('atoms')),
    cells: Array.from(part('blockCells').data),
    outputs: rowsOf(part('blockOutputs')),
  }
  return {
    proving: proving === 1,
    result: { status: RUN_STATUSES[status], iterations, primal, dual, blocks, V: part('V').data },
    reopenings,
    growth: grows === 1 ? { point, found, rhoFound } : null,
    best: bestOf(figures.subarray(13)),
    search: searchOf(saved),
  }
}

function blocksOf(cells: NamedArray, outputs: NamedArray, vectors: NamedArray): Block[] {
  const [directions, variables] = [rowsOf(outputs), rowsOf(vectors)]
  return Array.from(cells.data, (cell, i) => ({ cell, output: directions[i], vector: variables[i] }))
}

function bestOf([method, lowerBound, rhoRatio, cones]: Float64Array): ConvexState['best'] {
  return method < 0 ? null : { method: PROOF_METHODS[method], lowerBound, rhoRatio, cones }
}

function searchOf(saved: NamedArrays): NamedArrays | null {
  const own = Object.entries(saved).filter(([name]) => name.startsWith('search.'))
  return own.length > 0 ? Object.fromEntries(own) : null
}

/** For arrays that cannot be what a run has left. */
export const damaged = (): BidualError =>
  new BidualError('bad-input', 'What the stopped run left is damaged: start it anew.')
