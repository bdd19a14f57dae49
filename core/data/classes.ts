/** When a column names classes, and which. */
import { labelOrder, type Column, type Table } from './table.ts'

/** Whole numbers with more distinct values than this count as quantities, unless one-hot outputs are asked for. */
export const MOST_NUMERIC_CLASSES = 20
/** With more classes than this something else was meant. */
export const MOST_CLASSES = 1000

export interface Classes {
  /** In label order. */
  names: string[]
  /** One index into `names` for each of the rows that were asked. */
  classOf: Int32Array
}

/** auto: categorical columns and 0/1 or ±1; integers: few whole numbers too; anyIntegers: whole numbers. */
export type ClassRule = 'auto' | 'integers' | 'anyIntegers'

/**
 * The classes that occur in the given rows of a column without missing cells; null when it holds quantities.
 *
 * @param rows rows of the table
 */
export function classesOf(column: Column, rows: ArrayLike<number>, rule: ClassRule): Classes | null {
  const keyAt = column.kind === 'categorical' ? column.codes : column.values
  const keys = distinctKeys(keyAt, rows, MOST_CLASSES)
  if (keys === null) return null
  if (column.kind === 'numeric' && !areClassValues(keys, rule)) return null
  const nameOf = (key: number) => (column.kind === 'categorical' ? column.categories[key] : String(key))
  const names = labelOrder(keys.map(nameOf))
  const index = new Map(keys.map((key) => [key, names.indexOf(nameOf(key))]))
  return { names, classOf: Int32Array.from({ length: rows.length }, (_, i) => index.get(keyAt[rows[i]])!) }
}

/** Distinct values in the rows; null when there are more than `most`. */
function distinctKeys(keyAt: ArrayLike<number>, rows: ArrayLike<number>, most: number): number[] | null {
  const keys = new Set<number>()
  for (let i = 0; i < rows.length; i++) {
    keys.add(keyAt[rows[i]])
    if (keys.size > most) return null
  }
  return [...keys]
}

function areClassValues(values: readonly number[], rule: ClassRule): boolean {
  const within = (allowed: readonly number[]) => values.every((value) => allowed.includes(value))
  if (within([0, 1]) || within([-1, 1])) return true
  if (rule === 'auto' || !values.every(Number.isInteger)) return false
  return rule === 'anyIntegers' || values.length <= MOST_NUMERIC_CLASSES
}

/** Rows of the table, all of them. */
export function allRows(table: Table): Int32Array {
  return Int32Array.from({ length: table.rows }, (_, i) => i)
}
