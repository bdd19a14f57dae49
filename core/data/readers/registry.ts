import type { FormatId } from '../preview-types.ts'
import { idxReader } from './idx.ts'
import type { OpenedFile, Reader, ReadOptions } from './reader.ts'
import { detectDialect } from './dialect.ts'
import { estimateText, headText, readText } from './text.ts'
import { uciReader } from './uci.ts'

const textReader = (format: 'csv' | 'tsv', title: string, detect: Reader['detect']): Reader => ({
  title,
  detect,
  estimate: (file, options) => estimateText(file, withDelimiter(format, options)),
  async read(file, options) {
    const text = await readText(file, withDelimiter(format, options))
    return { ...text, name: file.name, format, gzip: file.gzip, image: null, target: null }
  },
})

/** TSV means tabs; CSV means whatever the content uses. */
function withDelimiter(format: 'csv' | 'tsv', options: ReadOptions): ReadOptions {
  return format === 'tsv' ? { delimiter: '\t', ...options } : options
}

function hasTabs(file: OpenedFile): boolean {
  const head = headText(file)
  return head !== null && head.trim() !== '' && detectDialect(head, {}, file.name).delimiter === '\t'
}

/** Every format, in the order in which content is asked; the last one takes any text. */
export const READERS: Record<FormatId, Reader> = {
  idx: idxReader,
  uci: uciReader,
  tsv: textReader('tsv', 'Tab-separated values', hasTabs),
  csv: textReader('csv', 'Comma-separated values', (file) => headText(file) !== null),
}

export const FORMAT_IDS = Object.keys(READERS) as FormatId[]
