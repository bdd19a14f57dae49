import { childIdentity, seedIdentity, type StreamIdentity } from './hash.ts'

/**
 * A deterministic stream of random numbers: sfc32 (Doty-Humphrey), 128 bits of state, seeded from a hashed identity.
 *
 * A child stream is found by name and does not depend on what was drawn from its parent, so results do not depend
 * on the order in which work is done.
 */
export class Stream {
  private readonly identity: StreamIdentity
  private a: number
  private b: number
  private c: number
  private counter: number
  /** The second normal of the last pair, when not used yet. */
  private spare: number | null = null

  constructor(identity: StreamIdentity) {
    this.identity = identity
    this.a = identity[0] | 0
    this.b = identity[1] | 0
    this.c = identity[2] | 0
    this.counter = identity[3] | 0
    for (let i = 0; i < 12; i++) this.bits()
  }

  /** The child of that name: the same however much was drawn from this stream. */
  split(key: string | number): Stream {
    return new Stream(childIdentity(this.identity, key))
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Uniform in [low, high), 53 bits of it in [0, 1). */
  uniform(low = 0, high = 1): number {
    const unit = ((this.bits() >>> 5) * 0x4000000 + (this.bits() >>> 6)) / 0x20000000000000
    return low + (high - low) * unit
  }

  /** N(mean, deviation²), by Marsaglia's polar method. */
  normal(mean = 0, deviation = 1): number {
    if (this.spare !== null) {
      const value = this.spare
      this.spare = null
      return mean + deviation * value
    }
    for (;;) {
      const u = this.uniform(-1, 1)
      const v = this.uniform(-1, 1)
      const q = u * u + v * v
      if (q >= 1 || q === 0) continue
      const factor = Math.sqrt((-2 * Math.log(q)) / q)
      this.spare = v * factor
      return mean + deviation * u * factor
    }
  }

  /**
   * Uniform in {0, …, bound − 1}, without modulo bias.
   *
   * @throws RangeError unless 1 ≤ bound ≤ 2³² is an integer.
   */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x100000000) {
      throw new RangeError(`Expected a bound from 1 to 2³², found ${bound}.`)
    }
    const limit = 0x100000000 - (0x100000000 % bound)
    for (;;) {
      const value = this.bits()
      if (value < limit) return value % bound
    }
  }

  /** Shuffles in place (Fisher–Yates) and returns its argument. */
  shuffle<T extends Int32Array | Float64Array | unknown[]>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const kept = items[i]
      items[i] = items[j]
      items[j] = kept
    }
    return items
  }

  /** A random order of 0, …, length − 1. */
  permutation(length: number): Int32Array {
    return this.shuffle(Int32Array.from({ length }, (_, i) => i))
  }

  /** `length` independent standard normals. */
  normals(length: number): Float64Array {
    return Float64Array.from({ length }, () => this.normal())
  }
}

/** The root stream of a seed. */
export function stream(seed: number): Stream {
  return new Stream(seedIdentity(seed))
}

/** A seed in [0, 2³²) for the part of the work called `key`: the same for the same pair, whatever else runs. */
export function deriveSeed(seed: number, key: string): number {
  return childIdentity(seedIdentity(seed), key)[0]
}
