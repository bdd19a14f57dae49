/** NumPy's archive: a zip of NPY files, `numpy.load('weights.npz')['W1']`. */
import { unzipSync, zipSync, type Zippable } from 'fflate'
import { BidualError } from '../errors.ts'
import type { NamedArrays } from '../experiments/problem.ts'
import { readNpy, writeNpy } from './npy.ts'

/** Beside the arrays; NumPy hands it out as bytes. */
const META = 'meta.json'
/** Zip's own epoch instead of the clock: equal arrays give equal bytes. */
const EPOCH = new Date(1980, 0, 1)
/** Weights hardly compress. */
const LEVEL = 1

/**
 * @param arrays by name; names become file names in the archive
 * @param meta what the arrays are, as JSON
 * @throws RangeError for a name that is no plain file name.
 */
export function writeNpz(arrays: NamedArrays, meta?: Record<string, unknown>): Uint8Array {
  const files: Zippable = {}
  for (const [name, array] of Object.entries(arrays)) {
    if (!/^[\w.+@=-]+$/.test(name) || name.startsWith('.'))
      throw new RangeError(`"${name}" cannot name an array.`)
    files[`${name}.npy`] = writeNpy(array)
  }
  if (meta) files[META] = new TextEncoder().encode(JSON.stringify(meta, null, 2))
  return zipSync(files, { level: LEVEL, mtime: EPOCH })
}

/**
 * The arrays of an archive, whoever wrote it; entries that are no arrays are left out.
 *
 * @throws BidualError when the archive or an array in it is damaged.
 */
export function readNpz(bytes: Uint8Array, file = 'weights.npz'): NamedArrays {
  const entries = Object.entries(unzip(bytes, file)).filter(([name]) => name.endsWith('.npy'))
  return Object.fromEntries(
    entries.map(([name, content]) => [name.slice(0, -'.npy'.length), readNpy(content, `${file}, ${name}`)]),
  )
}

function unzip(bytes: Uint8Array, file: string): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new BidualError('bad-input', `The archive cannot be read (${why}). It is damaged or no NPZ file.`, {
      file,
    })
  }
}
