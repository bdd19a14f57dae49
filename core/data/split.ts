/** Held-out rows: seeded, by class where there are classes. */
import { BidualError } from '../errors.ts'
import type { Split } from '../experiments/document.ts'
import { stream, type Stream } from '../random/index.ts'

export interface SplitRows {
  /** Positions, ascending. */
  train: Int32Array
  test: Int32Array
}

/**
 * @param count rows to split
 * @param classOf class of each row; null for quantities
 * @throws BidualError when nothing would be held out, fewer than two rows would be left, or a class would have no
 *   training row.
 */
export function splitRows(settings: Split, count: number, classOf: Int32Array | null): SplitRows {
  const held = Math.round(settings.test * count)
  if (settings.test > 0 && held === 0) {
    throw splitError(
      `A test share of ${settings.test} of ${count} rows holds out none. Raise it, or set it to 0.`,
    )
  }
  if (count - held < 2) {
    throw splitError(`Expected at least two training rows; ${count - held} of ${count} would be left.`)
  }
  const random = stream(settings.seed).split('split')
  const isTest = settings.stratify && classOf ? stratified(random, held, classOf) : plain(random, held, count)
  if (classOf) requireTraining(classOf, isTest)
  const positions = Int32Array.from({ length: count }, (_, i) => i)
  return { train: positions.filter((i) => !isTest[i]), test: positions.filter((i) => isTest[i] === 1) }
}

function plain(random: Stream, held: number, count: number): Uint8Array {
  return marked(random.permutation(count).subarray(0, held), count)
}

/**
 * Every class gives its share, rounded so that the total is right (largest remainders first, lower class first among
 * equals) and at least one row of each class stays in training.
 */
function stratified(random: Stream, held: number, classOf: Int32Array): Uint8Array {
  const members = groupByClass(classOf)
  const exact = members.map((rows) => (held * rows.length) / classOf.length)
  const taken = exact.map(Math.floor)
  const order = exact.map((_, k) => k).sort((a, b) => exact[b] - taken[b] - (exact[a] - taken[a]) || a - b)
  let missing = held - taken.reduce((sum, value) => sum + value, 0)
  for (const k of order)
    if (missing > 0 && taken[k] < exact[k]) [taken[k], missing] = [taken[k] + 1, missing - 1]
  const chosen = members.flatMap((rows, k) => {
    const most = Math.min(taken[k], rows.length - 1)
    return [...random.split(k).shuffle(Int32Array.from(rows)).subarray(0, most)]
  })
  return marked(chosen, classOf.length)
}

/** Positions of each class. */
export function groupByClass(classOf: Int32Array): number[][] {
  const members: number[][] = []
  classOf.forEach((label, i) => (members[label] ??= []).push(i))
  return Array.from(members, (rows) => rows ?? [])
}

function marked(positions: ArrayLike<number>, count: number): Uint8Array {
  const mask = new Uint8Array(count)
  for (let i = 0; i < positions.length; i++) mask[positions[i]] = 1
  return mask
}

function requireTraining(classOf: Int32Array, isTest: Uint8Array): void {
  const empty = groupByClass(classOf).findIndex((rows) => rows.every((row) => isTest[row] === 1))
  if (empty < 0) return
  throw splitError(
    `Class ${empty + 1} has no training row in this split. Set stratify, or choose another seed.`,
  )
}

function splitError(message: string): BidualError {
  return new BidualError('bad-input', message, { path: 'split' })
}
