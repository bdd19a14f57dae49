import { labelOrder, type Column, type NumericColumn } from '../table.ts'
import { isInfinite, readCell } from './cells.ts'
import type { MemoryBudget } from './reader.ts'

const FIRST_CAPACITY = 256

/**
 * Grows one column cell by cell and decides its kind at the end.
 *
 * The rule: a column with no text is numeric. With text in at least half of its known cells it is categorical, and
 * its numbers become names ("007" and "7.0" are both "7"). In between it is a numeric column with strays: each is
 * kept with its row, and using the column as it is will be refused with that place.
 */
export class ColumnBuilder {
  private readonly name: string
  private readonly budget: MemoryBudget
  private values: Float64Array
  /** −1 where the cell is no text; exists from the first text on. */
  private textCodes: Int32Array | null = null
  private readonly texts: string[] = []
  private readonly codeOfText = new Map<string, number>()
  private rows = 0
  private numberCount = 0
  private textCount = 0

  constructor(name: string, budget: MemoryBudget) {
    this.name = name
    this.budget = budget
    budget.take(FIRST_CAPACITY * 8)
    this.values = new Float64Array(FIRST_CAPACITY)
  }

  add(raw: string): void {
    if (this.rows === this.values.length) this.grow()
    const cell = readCell(raw)
    this.values[this.rows] = typeof cell === 'number' ? cell : NaN
    if (typeof cell === 'string') this.addText(cell)
    else if (cell !== null) this.numberCount++
    this.rows++
  }

  /** The column; its arrays are exactly as long as the table. */
  finish(): Column {
    if (this.textCount > 0 && this.textCount >= this.numberCount) return this.categorical()
    return {
      kind: 'numeric',
      name: this.name,
      values: this.values.slice(0, this.rows),
      strays: this.strays(),
    }
  }

  private addText(text: string): void {
    this.textCodes ??= this.emptyCodes()
    let code = this.codeOfText.get(text)
    if (code === undefined) {
      code = this.texts.length
      this.budget.take(text.length * 2 + 64)
      this.texts.push(text)
      this.codeOfText.set(text, code)
    }
    this.textCodes[this.rows] = code
    if (isInfinite(text)) this.numberCount++
    else this.textCount++
  }

  private emptyCodes(): Int32Array {
    this.budget.take(this.values.length * 4)
    return new Int32Array(this.values.length).fill(-1)
  }

  private grow(): void {
    const capacity = this.values.length * 2
    this.budget.take((capacity - this.values.length) * (this.textCodes ? 12 : 8))
    const values = new Float64Array(capacity)
    values.set(this.values)
    this.values = values
    if (!this.textCodes) return
    const codes = new Int32Array(capacity).fill(-1)
    codes.set(this.textCodes)
    this.textCodes = codes
  }

  private strays(): NumericColumn['strays'] {
    if (!this.textCodes) return []
    const found = []
    for (let row = 0; row < this.rows; row++) {
      if (this.textCodes[row] >= 0) found.push({ row, text: this.texts[this.textCodes[row]] })
    }
    return found
  }

  private categorical(): Column {
    const codes = this.textCodes!.slice(0, this.rows)
    const names = [...this.texts]
    const codeOfNumber = new Map<number, number>()
    for (let row = 0; row < this.rows; row++) {
      const value = this.values[row]
      if (Number.isNaN(value)) continue
      if (!codeOfNumber.has(value)) codeOfNumber.set(value, names.push(String(value)) - 1)
      codes[row] = codeOfNumber.get(value)!
    }
    const categories = labelOrder(names)
    const rank = new Map(categories.map((category, code) => [category, code]))
    return {
      kind: 'categorical',
      name: this.name,
      codes: codes.map((code) => (code < 0 ? -1 : rank.get(names[code])!)),
      categories,
    }
  }
}
