/** How a text table is written, found from its first lines. */
import Papa from 'papaparse'
import { BidualError } from '../../errors.ts'
import type { TextDialect } from '../preview-types.ts'
import { readCell } from './cells.ts'

/** In order of preference where two explain the lines equally well. */
const DELIMITERS = [',', '\t', ';', '|', ' ']
const QUOTES = ['"', "'"] as const
/** A dialect must give at least this share of the lines the same number of cells. */
const CONSISTENT = 0.7

export interface DialectHints {
  delimiter?: string
  header?: boolean
}

/** Rows of the first lines as cells, blank lines left out. */
export function parseLines(text: string, delimiter: string, quote: string): string[][] {
  const { data } = Papa.parse<string[]>(text, { delimiter, quoteChar: quote, newline: newlineOf(text) })
  return data.filter((row) => !isBlank(row))
}

/** A line with nothing in it: separates nothing, means nothing. */
export function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0].trim() === ''
}

/** The line ends to split at; the \r of \r\n goes with the white space around the last cell. */
export function newlineOf(text: string): '\n' | '\r' {
  return text.includes('\r') && !text.includes('\n') ? '\r' : '\n'
}

/**
 * Delimiter, quote and header of the table that begins with `head`.
 *
 * @param head whole lines
 * @throws BidualError when there is no line with anything in it.
 */
export function detectDialect(head: string, hints: DialectHints, file: string): TextDialect {
  if (head.trim() === '') {
    throw new BidualError('bad-input', 'The file has no rows: nothing but white space.', { file })
  }
  const quote = detectQuote(head)
  const delimiter = hints.delimiter ?? detectDelimiter(head, quote)
  const header = hints.header ?? detectHeader(parseLines(head, delimiter, quote))
  return { delimiter, quote, header }
}

/** The quote in which more cells stand; the double one where there are none. */
function detectQuote(head: string): '"' | "'" {
  const [double, single] = QUOTES.map((quote) =>
    head.match(new RegExp(`(?:^|[,;\\t|])${quote}[^${quote}\\n]*${quote}(?=[,;\\t|\\r\\n]|$)`, 'gm')),
  )
  return (single?.length ?? 0) > (double?.length ?? 0) ? "'" : '"'
}

function detectDelimiter(head: string, quote: string): string {
  let best = { delimiter: ',', share: 0, columns: 1 }
  for (const delimiter of DELIMITERS) {
    const { share, columns } = consistency(parseLines(head, delimiter, quote))
    if (columns < 2 || share < CONSISTENT) continue
    const better = share > best.share || (share === best.share && delimiter !== ' ' && columns > best.columns)
    if (better) best = { delimiter, share, columns }
  }
  return best.delimiter
}

/** The most common number of cells, and the share of the lines that have it. */
function consistency(rows: readonly string[][]): { share: number; columns: number } {
  const counts = new Map<number, number>()
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1)
  let columns = 1
  for (const [length, count] of counts) if (count > (counts.get(columns) ?? 0)) columns = length
  return { share: (counts.get(columns) ?? 0) / Math.max(rows.length, 1), columns }
}

/**
 * The first line names columns when it holds no number, no name twice, nothing missing but the first cell, and no
 * value that its own column holds further down.
 */
function detectHeader(rows: readonly string[][]): boolean {
  const [first, ...rest] = rows
  const cells = first.map(readCell)
  if (cells.some((cell, j) => typeof cell === 'number' || (cell === null && j > 0))) return false
  if (new Set(cells).size < cells.length) return false
  return !rest.some((row) => cells.some((cell, j) => cell !== null && readCell(row[j] ?? '') === cell))
}
