import { engine, type Engine } from './engine.ts'

export type RealArray = Float64Array | Float32Array

/** Entries of 4 bytes? */
export const isSingle = (x: RealArray): boolean => x.BYTES_PER_ELEMENT === 4

/**
 * The engine when all of these lie in the kernel memory.
 *
 * @throws RangeError when they are not of one precision
 */
export function hostOf(...arrays: readonly RealArray[]): Engine | null {
  // The kernel memory is shared: anything else need not be looked up.
  if (arrays.some(({ buffer }) => buffer instanceof ArrayBuffer)) return null
  if (arrays.some((array) => isSingle(array) !== isSingle(arrays[0]))) {
    throw new RangeError('These arrays are not of one precision.')
  }
  const host = engine()
  return arrays.every((array) => host.owns(array)) ? host : null
}

/** @throws RangeError when not all are as long as the first */
export function requireEqual(...arrays: readonly RealArray[]): void {
  const [{ length }] = arrays
  for (const array of arrays) {
    if (array.length !== length) throw new RangeError(`Arrays of ${length} and ${array.length} entries.`)
  }
}
