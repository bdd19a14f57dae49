/** Text tables (CSV, TSV and their relatives) in constant memory beyond the table itself. */
import Papa from 'papaparse'
import { BidualError } from '../../errors.ts'
import type { TextDialect } from '../preview-types.ts'
import type { Column } from '../table.ts'
import { ColumnBuilder } from './column-builder.ts'
import { detectDialect, isBlank, newlineOf, parseLines } from './dialect.ts'
import { MemoryBudget, type OpenedFile, type ReadOptions, type SizeEstimate } from './reader.ts'

/** Longer than any honest row; a quote that never closes would swallow the file otherwise. */
const LONGEST_ROW = 16 * 2 ** 20

export interface TextTable {
  dialect: TextDialect
  rows: number
  columns: Column[]
  lines: Int32Array
  notes: string[]
}

/** The whole lines among the first bytes, as text; null when they are no text. */
export function headText(file: OpenedFile): string | null {
  if (!isUtf16(file.head) && file.head.includes(0)) return null
  const text = decoderFor(file.head, false).decode(file.head)
  if (file.complete) return text
  const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'))
  return end < 0 ? text : text.slice(0, end)
}

/** Rows and memory, extrapolated from the length of the first lines. */
export function estimateText(file: OpenedFile, options: ReadOptions): SizeEstimate | null {
  const head = headText(file)
  if (head === null || file.size === null) return null
  const { delimiter, quote } = detectDialect(head, options, file.name)
  const sample = parseLines(head, delimiter, quote)
  const rows = Math.ceil((file.size / Math.max(file.head.length, 1)) * sample.length)
  const columns = sample[0].length
  return { rows, columns, bytes: rows * columns * 8, exact: file.complete }
}

/**
 * Reads a text table.
 *
 * @throws BidualError for bytes that are not text, ragged rows, quotes that do not close, a header without rows, and
 *   tables over the memory limit; each with its line.
 */
export async function readText(file: OpenedFile, options: ReadOptions): Promise<TextTable> {
  const head = headText(file)
  if (head === null) {
    throw new BidualError('bad-input', 'Expected a text table; the file has binary content.', {
      file: file.name,
    })
  }
  const dialect = detectDialect(head, options, file.name)
  const rows = new RowCollector(file.name, dialect, new MemoryBudget(options.memoryLimit, file.name))
  const parser = new ChunkParser(dialect, newlineOf(head), file.name)
  const decoder = decoderFor(file.head, true)
  for await (const chunk of file.stream) {
    parser.push(decode(decoder, chunk, file.name), false, (row, line) => rows.add(row, line))
  }
  parser.push(decode(decoder, undefined, file.name), true, (row, line) => rows.add(row, line))
  return rows.finish()
}

/** Feeds papaparse's parser piece by piece, keeping the row that is not finished yet. */
class ChunkParser {
  private rest = ''
  private line = 1
  private readonly dialect: TextDialect
  private readonly newline: '\n' | '\r'
  private readonly file: string

  constructor(dialect: TextDialect, newline: '\n' | '\r', file: string) {
    this.dialect = dialect
    this.newline = newline
    this.file = file
  }

  push(text: string, final: boolean, onRow: (row: string[], line: number) => void): void {
    const input = this.rest + text
    const { delimiter, quote } = this.dialect
    const parser = new Papa.Parser({ delimiter, quoteChar: quote, newline: this.newline })
    const { data, errors, meta } = parser.parse(input, 0, !final) as Papa.ParseResult<string[]>
    for (const row of data) {
      const malformed = errors.find((error) => data[error.row ?? -1] === row)
      if (malformed) throw this.badQuote()
      onRow(row, this.line)
      this.line += 1 + this.lineBreaksIn(row)
    }
    this.rest = final ? '' : input.slice(meta.cursor)
    if (this.rest.length > LONGEST_ROW) throw this.badQuote()
  }

  /** Only quoted cells hold line breaks. */
  private lineBreaksIn(row: readonly string[]): number {
    let count = 0
    for (const cell of row) if (cell.includes(this.newline)) count += cell.split(this.newline).length - 1
    return count
  }

  private badQuote(): BidualError {
    return new BidualError(
      'bad-input',
      `A cell that begins with ${this.dialect.quote} does not end with it before a delimiter or the end of the line. ` +
        `Close the quote, or write a quote inside a quoted cell twice.`,
      { file: this.file, row: this.line },
    )
  }
}

/** Rows into columns. */
class RowCollector {
  private builders: ColumnBuilder[] | null = null
  private lines = new Int32Array(256)
  private rows = 0
  private blankLines = 0
  private readonly notes: string[] = []
  private readonly file: string
  private readonly dialect: TextDialect
  private readonly budget: MemoryBudget

  constructor(file: string, dialect: TextDialect, budget: MemoryBudget) {
    this.file = file
    this.dialect = dialect
    this.budget = budget
  }

  add(row: string[], line: number): void {
    if (isBlank(row)) {
      this.blankLines++
      return
    }
    if (!this.builders) {
      const names = this.dialect.header ? uniqueNames(row, this.notes) : row.map((_, j) => `c${j + 1}`)
      this.builders = names.map((name) => new ColumnBuilder(name, this.budget))
      if (this.dialect.header) return
    }
    if (row.length !== this.builders.length) throw this.ragged(row.length, line)
    for (let j = 0; j < row.length; j++) this.builders[j].add(row[j])
    this.addLine(line)
  }

  finish(): TextTable {
    if (this.rows === 0) {
      throw new BidualError('bad-input', 'The file has a header but no rows below it.', {
        file: this.file,
        row: 1,
      })
    }
    // The line after the last line break is no line of the file.
    if (this.blankLines > 1) this.notes.push(`${this.blankLines - 1} blank lines were skipped.`)
    return {
      dialect: this.dialect,
      rows: this.rows,
      columns: this.builders!.map((builder) => builder.finish()),
      lines: this.lines.slice(0, this.rows),
      notes: this.notes,
    }
  }

  private addLine(line: number): void {
    if (this.rows === this.lines.length) {
      this.budget.take(this.lines.length * 4)
      const grown = new Int32Array(this.lines.length * 2)
      grown.set(this.lines)
      this.lines = grown
    }
    this.lines[this.rows++] = line
  }

  private ragged(found: number, line: number): BidualError {
    const expected = this.builders!.length
    const first = this.dialect.header ? 'the header' : 'the first row'
    return new BidualError(
      'bad-input',
      `Expected ${expected} cells as in ${first}, found ${found}. Complete or remove this row; ` +
        `if cells hold the delimiter (${delimiterName(this.dialect.delimiter)}), put them in quotes.`,
      { file: this.file, row: line },
    )
  }
}

function delimiterName(delimiter: string): string {
  return { '\t': 'tab', ' ': 'space' }[delimiter] ?? delimiter
}

/** Header cells as names: empty ones numbered, repeated ones told apart; `notes` says which. */
function uniqueNames(header: readonly string[], notes: string[]): string[] {
  const taken = new Set<string>()
  return header.map((cell, j) => {
    const wanted = cell.trim() || `c${j + 1}`
    let name = wanted
    for (let copy = 2; taken.has(name); copy++) name = `${wanted} (${copy})`
    if (name !== wanted)
      notes.push(`Column ${j + 1} is named "${wanted}" like an earlier one; it is shown as "${name}".`)
    taken.add(name)
    return name
  })
}

function isUtf16(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
}

/** By byte order mark; UTF-8 without one. The mark itself is dropped. */
function decoderFor(head: Uint8Array, fatal: boolean): TextDecoder {
  const encoding = !isUtf16(head) ? 'utf-8' : head[0] === 0xff ? 'utf-16le' : 'utf-16be'
  return new TextDecoder(encoding, { fatal })
}

function decode(decoder: TextDecoder, chunk: Uint8Array | undefined, file: string): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
  } catch {
    throw new BidualError(
      'bad-input',
      'Expected text in UTF-8; the file has bytes that are not. Save it as UTF-8 and import it again.',
      { file },
    )
  }
}
