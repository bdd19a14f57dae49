/**
 * A growing list of distinct activation patterns 1[A·u > 0], one bit a row of A, packed into 32-bit words.
 *
 * Bit j of a pattern is bit (j mod 32) of its word ⌊j/32⌋; unused high bits are zero. Patterns are compared as words.
 */
export class PatternSet {
  /** Rows of A: bits a pattern. */
  readonly n: number
  readonly wordsPerPattern: number
  private words: Uint32Array
  private size = 0
  /** Hash of a pattern → the indices that share it. */
  private readonly buckets = new Map<number, number[]>()

  constructor(n: number) {
    this.n = n
    this.wordsPerPattern = Math.max(1, Math.ceil(n / 32))
    this.words = new Uint32Array(16 * this.wordsPerPattern)
  }

  /** Number of patterns. */
  get count(): number {
    return this.size
  }

  /** Pattern i as a view; valid until the next `add`. */
  pattern(i: number): Uint32Array {
    return this.words.subarray(i * this.wordsPerPattern, (i + 1) * this.wordsPerPattern)
  }

  /** Whether row j is active in pattern i. */
  isActive(i: number, j: number): boolean {
    return ((this.words[i * this.wordsPerPattern + (j >>> 5)] >>> (j & 31)) & 1) === 1
  }

  /** The active rows of pattern i, ascending. */
  activeRows(i: number): Int32Array {
    const rows: number[] = []
    for (let j = 0; j < this.n; j++) if (this.isActive(i, j)) rows.push(j)
    return Int32Array.from(rows)
  }

  /** Index of the pattern, −1 when it is not in the set. */
  find(bits: Uint32Array): number {
    const bucket = this.buckets.get(hashWords(bits)) ?? []
    return bucket.find((i) => this.equals(i, bits)) ?? -1
  }

  /** Adds a pattern of `wordsPerPattern` words; false when it was there already. */
  add(bits: Uint32Array): boolean {
    if (bits.length !== this.wordsPerPattern) {
      throw new RangeError(`Expected ${this.wordsPerPattern} words, found ${bits.length}.`)
    }
    const hash = hashWords(bits)
    const bucket = this.buckets.get(hash)
    if (bucket?.some((i) => this.equals(i, bits))) return false
    this.reserve()
    this.words.set(bits, this.size * this.wordsPerPattern)
    if (bucket) bucket.push(this.size)
    else this.buckets.set(hash, [this.size])
    this.size++
    return true
  }

  private equals(i: number, bits: Uint32Array): boolean {
    const start = i * this.wordsPerPattern
    for (let w = 0; w < bits.length; w++) if (this.words[start + w] !== bits[w]) return false
    return true
  }

  private reserve(): void {
    if ((this.size + 1) * this.wordsPerPattern <= this.words.length) return
    const grown = new Uint32Array(2 * this.words.length)
    grown.set(this.words)
    this.words = grown
  }
}

/** Packs flags (non-zero: active) into words, bit j of the pattern from entry j. */
export function packBits(flags: ArrayLike<number>): Uint32Array {
  const bits = new Uint32Array(Math.max(1, Math.ceil(flags.length / 32)))
  for (let j = 0; j < flags.length; j++) if (flags[j]) bits[j >>> 5] |= 1 << (j & 31)
  return bits
}

/** An order of patterns of equal length. */
export function compareBits(a: Uint32Array, b: Uint32Array): number {
  for (let w = 0; w < a.length; w++) if (a[w] !== b[w]) return a[w] - b[w]
  return 0
}

/** FNV-1a over words with a final avalanche. */
function hashWords(bits: Uint32Array): number {
  let h = 0x811c9dc5
  for (const word of bits) {
    h = Math.imul(h ^ word, 0x01000193)
    h ^= h >>> 15
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return (h ^ (h >>> 13)) >>> 0
}
