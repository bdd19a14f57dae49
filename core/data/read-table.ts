import { BidualError } from '../errors.ts'
import type { FormatId } from './preview-types.ts'
import { openFile } from './readers/open.ts'
import { tooLarge, type OpenedFile, type ReadOptions, type SizeEstimate } from './readers/reader.ts'
import { FORMAT_IDS, READERS } from './readers/registry.ts'
import type { ByteSource } from './source.ts'
import type { Table } from './table.ts'

/** What people drop on the window that is not read, by its first bytes, with what to do instead. */
const FOREIGN: readonly { pattern: RegExp; what: string }[] = [
  {
    pattern: /^PK[^\w\s,;|"]{2}/,
    what: 'a zip archive or a spreadsheet; unpack it, or save the sheet as CSV',
  },
  { pattern: /^%PDF/, what: 'a PDF; save its table as CSV' },
  { pattern: /^\x93NUMPY/, what: 'a NumPy array; save it as CSV' },
  { pattern: /^\x89HDF/, what: 'an HDF5 or MAT 7.3 file; save its table as CSV' },
  { pattern: /^[^\S\n]*@relation\b/im, what: 'an ARFF file; save it as CSV' },
  { pattern: /^[+-]?\d+(?:\.\d+)?(?: +\d+:[^\s:]+)+\s*\n/, what: 'a LIBSVM file; save it as CSV' },
  { pattern: /^\s*<(?:!doctype|html|\?xml)/i, what: 'a web page or XML; check the download' },
]

/**
 * Reads a file into a table: gzip looked through, format found from the content unless the options name it, size
 * estimated and refused before it is allocated.
 *
 * @throws BidualError with file, line, column and a remedy.
 */
export async function readTable(source: ByteSource, options: ReadOptions): Promise<Table> {
  const file = await openFile(source, options.memoryLimit)
  const reader = READERS[options.format ?? detectFormat(file)]
  const estimate = reader.estimate(file, options)
  if (estimate && estimate.bytes > options.memoryLimit && estimate.exact) {
    throw tooLarge(estimate.bytes, options.memoryLimit, file.name)
  }
  return reader.read(file, options)
}

/** Size of the table that {@link readTable} would make, from the first bytes; null when it cannot be known. */
export async function estimateTable(source: ByteSource, options: ReadOptions): Promise<SizeEstimate | null> {
  const file = await openFile(source, options.memoryLimit)
  return READERS[options.format ?? detectFormat(file)].estimate(file, options)
}

/** @throws BidualError naming what the file seems to be. */
function detectFormat(file: OpenedFile): FormatId {
  const beginning = Array.from(file.head.subarray(0, 16384), (byte) => String.fromCharCode(byte)).join('')
  const foreign = FOREIGN.find(({ pattern }) => pattern.test(beginning))
  if (foreign) {
    throw new BidualError(
      'bad-input',
      `Expected CSV, TSV, IDX or a UCI table; this looks like ${foreign.what}.`,
      {
        file: file.name,
      },
    )
  }
  const format = FORMAT_IDS.find((id) => READERS[id].detect(file))
  if (format) return format
  throw new BidualError(
    'bad-input',
    'Expected CSV, TSV, IDX or a UCI table; the file has binary content of no format known here. ' +
      'Save it as CSV, or check that the download is complete.',
    { file: file.name },
  )
}
