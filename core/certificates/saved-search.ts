/** A bound search as arrays and back. What comes back is from a file: nothing of it is believed before it is checked. */
import { crc32 } from '../data/crc32.ts'
import { BidualError } from '../errors.ts'
import type { NamedArray, NamedArrays } from '../experiments/problem.ts'
import type { RhoSettings } from './branch-and-bound.ts'
import type { SavedCones } from './cone-store.ts'
import type { PooledForm } from './pooled-form.ts'

/** Where a search is. */
export interface SearchState {
  steps: number
  cones: number
  /** Bounds in units of the form. */
  known: number
  closed: number
  crowded: boolean
  /** r entries. */
  best: Float64Array | null
  frontier: SavedCones
}

/** What a search is about: searches with different keys cannot go on from each other. */
export function formKey(
  { normals, weights, linear, unit }: PooledForm,
  { floor, epsilon }: Pick<RhoSettings, 'floor' | 'epsilon'>,
): number {
  return checksum([normals.data, weights.data, linear.data, Float64Array.of(unit, floor, epsilon)])
}

const column = (data: Float64Array): NamedArray => ({ shape: [data.length], data })

/** Every array is a vector; the figures end with a checksum of everything. */
export function searchArrays({ key, ...state }: SearchState & { key: number }): NamedArrays {
  const { steps, cones, known, closed, crowded, best, frontier } = state
  const figures = Float64Array.of(key, steps, cones, known, closed, Number(crowded))
  const parts = [figures, best ?? new Float64Array(0), frontier.sizes, frontier.numbers, frontier.crossing]
  return {
    'search.figures': column(Float64Array.of(...figures, checksum(parts))),
    'search.best': column(parts[1]),
    'search.sizes': column(frontier.sizes),
    'search.numbers': column(frontier.numbers),
    'search.crossing': column(frontier.crossing),
  }
}

const ARRAYS = ['figures', 'best', 'sizes', 'numbers', 'crossing'] as const

/**
 * @param key of the search that is to go on; @param r its rank
 * @throws BidualError bad-input when the arrays are damaged, or of a search with another key
 */
export function readSearch(saved: NamedArrays, key: number, r: number): SearchState {
  const [all, best, sizes, numbers, crossing] = ARRAYS.map((name) => read(saved, `search.${name}`))
  const figures = all.subarray(0, -1)
  const [found, steps, cones, known, closed, crowded] = figures
  if (checksum([figures, best, sizes, numbers, crossing]) !== all.at(-1)) throw damaged()
  if (found !== key) {
    throw new BidualError('bad-input', 'The saved bound search is of another problem: start the run anew.')
  }
  if (![0, r].includes(best.length)) throw damaged()
  return {
    ...{ steps, cones, known, closed, crowded: crowded === 1 },
    best: best.length > 0 ? best.slice() : null,
    frontier: { sizes, numbers, crossing },
  }
}

function read(saved: NamedArrays, name: string): Float64Array {
  if (!(name in saved)) throw damaged()
  return saved[name].data
}

const damaged = () => new BidualError('bad-input', 'The saved bound search is damaged: start the run anew.')

/** CRC-32 of the bytes of arrays, one behind the other. */
export function checksum(arrays: readonly Float64Array[]): number {
  return arrays.reduce(
    (crc, { buffer, byteOffset, byteLength }) => crc32(new Uint8Array(buffer, byteOffset, byteLength), crc),
    0,
  )
}
