import type { PatternSet } from '../../arrangements/patterns.ts'

/**
 * Activation patterns by rows of A: bit (i mod 32) of word ⌊i/32⌋ of row j tells whether pattern i is active on row j.
 * One bit a row and pattern: 7.5 MB for 60,000 rows and 1,000 patterns, where a byte each would take 60 MB.
 */
export class RowPatterns {
  /** Patterns. */
  readonly count: number
  readonly wordsPerRow: number
  readonly words: Uint32Array

  /** The same bits as `patterns`, transposed. */
  constructor(patterns: PatternSet) {
    const { n, count } = patterns
    this.count = count
    this.wordsPerRow = Math.ceil(count / 32)
    this.words = new Uint32Array(n * this.wordsPerRow)
    for (let i = 0; i < count; i++) this.addPattern(patterns.pattern(i), i)
  }

  /** Patterns active on both rows. */
  commonCount(j: number, l: number): number {
    const { words, wordsPerRow } = this
    let count = 0
    for (let w = 0; w < wordsPerRow; w++)
      count += bitCount(words[j * wordsPerRow + w] & words[l * wordsPerRow + w])
    return count
  }

  private addPattern(bits: Uint32Array, i: number): void {
    const { words, wordsPerRow } = this
    const flag = 1 << (i & 31)
    for (let w = 0; w < bits.length; w++) {
      for (let word = bits[w]; word !== 0; word &= word - 1) {
        const j = (w << 5) + 31 - Math.clz32(word & -word)
        words[j * wordsPerRow + (i >>> 5)] |= flag
      }
    }
  }
}

function bitCount(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count++
  return count
}
