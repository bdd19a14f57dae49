/** NumPy's archive: a zip of NPY files, `numpy.load('weights.npz')['W1']`. */
import { unzipSync, zipSync, type ZipOptions, type Zippable } from 'fflate'
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
 * @param level of compression, 0 (none, which is quick) to 9
 * @throws RangeError for a name that is no plain file name.
 */
export function writeNpz(
  arrays: NamedArrays,
  meta?: Record<string, unknown>,
  level: ZipOptions['level'] = LEVEL,
): Uint8Array {
  const files: Zippable = {}
  for (const [name, array] of Object.entries(arrays)) {
    if (!/^[\w.+@=-]+$/.test(name) || name.startsWith('.'))
      throw new RangeError(`"${name}" cannot name an array.`)
    files[`${name}.npy`] = writeNpy(array)
  }
  if (meta) files[META] = new TextEncoder().encode(JSON.stringify(meta, null, 2))
  return zipSync(files, { level, mtime: EPOCH })
}

/**
 * The arrays of an archive, whoever wrote it; entries that are no arrays are left out.
 *
 * @param most bytes of all arrays together; what the archive says of them is added up before anything is unpacked
 * @throws BidualError when the archive or an array in it is damaged; too-large when there are more bytes.
 */
export function readNpz(bytes: Uint8Array, file = 'weights.npz', most = Infinity): NamedArrays {
  const entries = Object.entries(unzip(bytes, file, most)).filter(([name]) => name.endsWith('.npy'))
  return Object.fromEntries(
    entries.map(([name, content]) => [name.slice(0, -'.npy'.length), readNpy(content, `${file}, ${name}`)]),
  )
}

function unzip(bytes: Uint8Array, file: string, most: number): Record<string, Uint8Array> {
  try {
    let total = 0
    unzipSync(bytes, { filter: ({ originalSize }) => ((total += originalSize), false) })
    if (total > most) throw tooLarge(total, most, file)
    return unzipSync(bytes)
  } catch (error) {
    if (error instanceof BidualError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new BidualError('bad-input', `The archive cannot be read (${why}). It is damaged or no NPZ file.`, {
      file,
    })
  }
}

function tooLarge(total: number, most: number, file: string): BidualError {
  const [found, allowed] = [total, most].map((bytes) => `${Math.round(bytes / 2 ** 20)} MiB`)
  return new BidualError('too-large', `The archive holds ${found}, more than ${allowed}: it is not read.`, {
    file,
  })
}
