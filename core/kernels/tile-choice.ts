import type { Arena } from './arena.ts'
import type { KernelExports } from './binaries.ts'

/** Which tiles a product is computed by (assembly/tile.ts). All give the same numbers to the last bit. */
export interface TileChoice {
  wide(single: boolean): boolean
  /** Called before each product that is large enough to pay for an occasional measurement. */
  countProduct(): void
}

/** The tile that suits the registers of every processor. */
export const narrowTiles: TileChoice = { wide: () => false, countProduct: () => undefined }

/** What is rehearsed, in bytes: strips of A and B as deep as those of a product, and the tiles. */
const depthBytes = 2048
const sizes = { a: 6 * depthBytes, b: 16 * depthBytes, tiles: 12 * 64 }
const repeats = 8
/** The shortest of so many tries counts: the machine may be busy with something else. */
const tries = 8
/** Milliseconds until the clock is asked again for the first time; then twice as many each time. */
const firstPause = 5

/**
 * Chooses by the clock.
 *
 * Which tiles are faster depends on the registers of the processor and on what the compiler makes of them, and nothing
 * tells either. Compilers optimise a kernel in the background once it has run for a while, so the clock is asked again,
 * at growing intervals. A wrong choice costs time and nothing else.
 */
export class TimedTiles implements TileChoice {
  private next = -Infinity
  private pause = firstPause
  private faster = { single: false, double: false }
  private readonly kernels: Pick<KernelExports, 'rehearse'>
  private readonly arena: Arena
  private readonly now: () => number

  /**
   * @param arena for the rehearsals; freed after each
   * @param now a clock, in milliseconds
   */
  constructor(kernels: Pick<KernelExports, 'rehearse'>, arena: Arena, now: () => number) {
    this.kernels = kernels
    this.arena = arena
    this.now = now
  }

  wide(single: boolean): boolean {
    return single ? this.faster.single : this.faster.double
  }

  countProduct(): void {
    const time = this.now()
    if (time < this.next) return
    this.next = time + this.pause
    this.pause *= 2
    this.faster = { single: this.isWideFaster(true), double: this.isWideFaster(false) }
  }

  private isWideFaster(single: boolean): boolean {
    const a = this.strip(sizes.a, single)
    const b = this.strip(sizes.b, single)
    const tiles = this.arena.bytes(sizes.tiles)
    const depth = depthBytes / a.BYTES_PER_ELEMENT
    const shortest = (wide: boolean) => {
      const times = Array.from({ length: tries }, () => {
        const start = this.now()
        this.kernels.rehearse(wide, a.byteOffset, b.byteOffset, depth, tiles.byteOffset, repeats, single)
        return this.now() - start
      })
      return Math.min(...times)
    }
    const faster = shortest(true) < shortest(false)
    const half = tiles.length / 2
    // Never a compiler's word against the other's: tiles that differ are not used.
    const equal = tiles.subarray(0, half).every((byte, i) => byte === tiles[half + i])
    this.arena.free()
    return faster && equal
  }

  private strip(bytes: number, single: boolean): Float32Array | Float64Array {
    const strip = single ? this.arena.float32(bytes / 4) : this.arena.float64(bytes / 8)
    for (let i = 0; i < strip.length; i++) strip[i] = (i % 13) - 6.1
    return strip
  }
}
