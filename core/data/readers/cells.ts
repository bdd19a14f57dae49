/** The meaning of one cell of text. */

/** Spelt as people and programs spell them; "None", "-" and "." are left alone: they are values too often. */
const MISSING = new Set(['', '?', 'NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'NAN', 'null', 'NULL', 'Null'])

/** Number writes these too, but no table of data does. */
const OTHER_RADIX = /^[+-]?0[xXbBoO]/
const INFINITE = /^[+-]?(inf|infinity)$/i

/** null = missing; a finite number; or the trimmed text. */
export type Cell = number | string | null

/** @param raw as between two delimiters, without its quotes; surrounding white space means nothing. */
export function readCell(raw: string): Cell {
  const text = raw.trim()
  if (MISSING.has(text)) return null
  const value = Number(text)
  return Number.isFinite(value) && !OTHER_RADIX.test(text) ? value : text
}

/** Infinity in words, or a number beyond double precision: numeric in intent, but of no use. */
export function isInfinite(text: string): boolean {
  return INFINITE.test(text) || (!Number.isNaN(Number(text)) && !OTHER_RADIX.test(text))
}
