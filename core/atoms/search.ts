import { Matrix } from '../linalg/matrix.ts'
import { dot, multiply, norm2 } from '../linalg/products.ts'
import type { Stream } from '../random/index.ts'
import { linearize, stack, type AtomFamily, type Linearization } from './family.ts'

export interface SearchOptions {
  /** Random starts. */
  readonly starts: number
  /** Further starts: the neurons of the current network, say. */
  readonly warm?: readonly Float64Array[]
  /** Rounds that all starts climb together. Default 8. */
  readonly rounds?: number
  /** How many of the best then climb to the end, kinks included; all by default. */
  readonly finish?: number
  /** Values below it do not count. Default 0. */
  readonly floor?: number
}

/** A local maximum of ‖Vᵀφ(θ)‖ over unit θ. */
export interface Maximum {
  readonly theta: Float64Array
  readonly value: number
  /** φ(θ), n entries. */
  readonly response: Float64Array
}

/** Responses that are closer in angle are the same atom. */
const SAME = 1e-9
const SAME_VALUE = 1e-4
/** How far neighbours of an atom are from it. */
const DISTANCES = [0.1, 0.3, 1]
/** A start whose step is this short has arrived. */
const SHORTEST_STEP = 1e-4

/**
 * Local maxima of ‖Vᵀφ(θ)‖ over unit θ from random and warm starts, the largest first (THEORY §4): exact where the
 * family can, else lower bounds of ρ(V) and never a certificate.
 *
 * All starts climb together by θ ← normalize((1 − t)θ + t·θ̂), θ̂ the maximiser of the linear piece around θ in
 * the direction g = Vᵀφ/‖Vᵀφ‖: t = 1 is the generalised power step; t grows on success and shrinks on failure.
 */
export function searchMaxima(
  family: AtomFamily,
  V: Matrix,
  stream: Stream,
  { starts, warm = [], rounds = 8, finish = Infinity, floor = 0 }: SearchOptions,
): Maximum[] {
  if (family.maximize) return ranked(family, V, family.maximize(V))
  const random = Array.from({ length: starts }, () => family.draw(stream))
  const climbed = climbTogether(family, V, [...random, ...warm], rounds)
  const finished = climbed.slice(0, finish).map(({ theta }) => family.climb?.(theta, V, floor) ?? theta)
  return ranked(family, V, [...finished, ...climbed.slice(finish).map(({ theta }) => theta)])
}

/** Every atom, moved at random `each` times, unit size: better atoms are often close to those in use. */
export function neighboursOf(
  family: AtomFamily,
  thetas: readonly Float64Array[],
  each: number,
  stream: Stream,
): Float64Array[] {
  return thetas.flatMap((theta) =>
    Array.from({ length: each }, () => {
      const distance = DISTANCES[stream.integer(DISTANCES.length)]
      const other = family.draw(stream)
      const moved = theta.map((value, c) => value + distance * other[c])
      family.normalize(moved)
      return moved
    }),
  )
}

/** Distinct atoms with their values, the largest value first. */
function ranked(family: AtomFamily, V: Matrix, thetas: readonly Float64Array[]): Maximum[] {
  const { responses } = linearize(family, stack(family, thetas))
  const values = norms(multiply(responses, V, { transposeA: true }))
  const columns = responses.transpose()
  return distinct(thetas.map((theta, j) => ({ theta, value: values[j], response: columns.row(j) })))
}

/** The largest first, without those whose response is a multiple of a larger one's: such atoms have nearly its value. */
export function distinct(maxima: readonly Maximum[]): Maximum[] {
  const kept: { maximum: Maximum; size: number }[] = []
  // Kept ones before this index are too large to be the same atom.
  let first = 0
  for (const maximum of [...maxima].sort((p, q) => q.value - p.value)) {
    const size = norm2(maximum.response)
    while (first < kept.length && kept[first].maximum.value > (1 + SAME_VALUE) * maximum.value) first++
    const isKnown = kept
      .slice(first)
      .some((other) => dot(other.maximum.response, maximum.response) > (1 - SAME) * size * other.size)
    if (size > 0 && !isKnown) kept.push({ maximum, size })
  }
  return kept.map(({ maximum }) => maximum)
}

function norms(P: Matrix): Float64Array {
  return Float64Array.from({ length: P.rows }, (_, j) => norm2(P.row(j)))
}

interface Front {
  thetas: Matrix
  values: Float64Array
  /** Maximisers of the linear pieces, unit size. */
  targets: Matrix
  responses: Matrix
}

/** Value and power step of every row of thetas. */
function look(family: AtomFamily, V: Matrix, thetas: Matrix): Front {
  const line = linearize(family, thetas)
  const P = multiply(line.responses, V, { transposeA: true })
  const values = norms(P)
  for (let j = 0; j < P.rows; j++) {
    if (values[j] > 0) P.row(j).forEach((p, k) => void (P.row(j)[k] = p / values[j]))
  }
  const G = multiply(V, P, { transposeB: true })
  return { thetas, values, targets: targetsOf(family, thetas, G, line), responses: line.responses }
}

function targetsOf(family: AtomFamily, thetas: Matrix, G: Matrix, line: Linearization): Matrix {
  if (!family.ascend) {
    const targets = line.pull(G)
    for (let j = 0; j < targets.rows; j++) family.normalize(targets.row(j))
    return targets
  }
  const targets = Matrix.zeros(thetas.rows, family.size)
  const columns = G.transpose()
  for (let j = 0; j < thetas.rows; j++) {
    family.ascend(thetas.row(j), columns.row(j), targets.row(j))
    family.normalize(targets.row(j))
  }
  return targets
}

function climbTogether(
  family: AtomFamily,
  V: Matrix,
  starts: readonly Float64Array[],
  rounds: number,
): Maximum[] {
  const arrived: Maximum[] = []
  let front = look(family, V, stack(family, starts))
  let steps = new Float64Array(starts.length).fill(1)
  for (let round = 0; round < rounds && front.values.length > 0; round++) {
    const trial = look(family, V, moved(family, front, steps))
    const keep: number[] = []
    for (let j = 0; j < steps.length; j++) {
      const gain = trial.values[j] - front.values[j]
      if (gain > 0) accept(front, trial, j)
      steps[j] *= gain > 0 ? 1.5 : 0.25
      const isOver =
        front.values[j] === 0 || steps[j] < SHORTEST_STEP || (gain > 0 && gain < 1e-10 * front.values[j])
      if (!isOver) keep.push(j)
    }
    if (keep.length === steps.length) continue
    const over = new Set(keep)
    for (let j = 0; j < steps.length; j++) if (!over.has(j)) arrived.push(maximumOf(front, j))
    front = subset(front, keep)
    steps = Float64Array.from(keep, (j) => steps[j])
  }
  for (let j = 0; j < steps.length; j++) arrived.push(maximumOf(front, j))
  return distinct(arrived)
}

/** normalize((1 − t)θ + t·θ̂) for every row. */
function moved(family: AtomFamily, { thetas, targets }: Front, steps: Float64Array): Matrix {
  const trial = thetas.clone()
  for (let j = 0; j < trial.rows; j++) {
    const [theta, target] = [trial.row(j), targets.row(j)]
    for (let c = 0; c < theta.length; c++) theta[c] += steps[j] * (target[c] - theta[c])
    family.normalize(theta)
  }
  return trial
}

function accept(front: Front, trial: Front, j: number): void {
  front.values[j] = trial.values[j]
  front.thetas.row(j).set(trial.thetas.row(j))
  front.targets.row(j).set(trial.targets.row(j))
  for (let i = 0; i < front.responses.rows; i++) front.responses.set(i, j, trial.responses.get(i, j))
}

function maximumOf({ thetas, values, responses }: Front, j: number): Maximum {
  return { theta: thetas.row(j).slice(), value: values[j], response: responses.columnCopy(j) }
}

function subset({ thetas, values, targets, responses }: Front, rows: readonly number[]): Front {
  const pick = (M: Matrix) =>
    new Matrix(rows.length, M.cols, Float64Array.from(rows.flatMap((j) => [...M.row(j)])))
  return {
    thetas: pick(thetas),
    targets: pick(targets),
    values: Float64Array.from(rows, (j) => values[j]),
    responses: pick(responses.transpose()).transpose(),
  }
}
