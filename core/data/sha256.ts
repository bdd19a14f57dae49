/** SHA-256 (FIPS 180-4) over a stream of bytes, for places without Web Crypto or Node. */

/** First 32 fractional bits of the square roots (n = 2) or cube roots (n = 3) of the first primes. */
function rootFractions(count: number, root: (value: number) => number): Uint32Array {
  const primes: number[] = []
  for (let k = 2; primes.length < count; k++) if (primes.every((prime) => k % prime !== 0)) primes.push(k)
  return Uint32Array.from(primes, (prime) => (root(prime) % 1) * 2 ** 32)
}

const INITIAL = rootFractions(8, Math.sqrt)
const ROUNDS = rootFractions(64, Math.cbrt)
const BLOCK = 64

const rotate = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits))

export class Sha256 {
  private readonly state = INITIAL.slice()
  private readonly block = new Uint8Array(BLOCK)
  private readonly schedule = new Uint32Array(64)
  private filled = 0
  private length = 0

  /** Takes in more bytes; returns itself. */
  update(bytes: Uint8Array): this {
    this.length += bytes.length
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(BLOCK - this.filled, bytes.length - at)
      this.block.set(bytes.subarray(at, at + count), this.filled)
      this.filled += count
      at += count
      if (this.filled === BLOCK) this.compress()
    }
    return this
  }

  /** The digest in lower-case hexadecimal; the object is used up. */
  hex(): string {
    const bits = this.length * 8
    const padding = new Uint8Array(((BLOCK * 2 - 9 - this.filled) % BLOCK) + 9)
    padding[0] = 0x80
    const view = new DataView(padding.buffer)
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32))
    view.setUint32(padding.length - 4, bits)
    this.update(padding)
    return Array.from(this.state, (word) => word.toString(16).padStart(8, '0')).join('')
  }

  private compress(): void {
    this.expand()
    let [a, b, c, d, e, f, g, h] = this.state
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      const t1 = h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + this.schedule[i]
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c))
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    ;[a, b, c, d, e, f, g, h].forEach((word, i) => (this.state[i] += word))
    this.filled = 0
  }

  private expand(): void {
    const w = this.schedule
    const view = new DataView(this.block.buffer)
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(4 * i)
    for (let i = 16; i < 64; i++) {
      const s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >>> 3)
      const s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >>> 10)
      w[i] = w[i - 16] + s0 + w[i - 7] + s1
    }
  }
}

/** SHA-256 of bytes in memory, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return new Sha256().update(bytes).hex()
}
