const pageBytes = 65536
const granule = 4096

interface Extent {
  start: number
  bytes: number
}

/**
 * Extents of the kernel memory: a sorted list of free ones, first fit, neighbours merged on release.
 *
 * Only arenas call it, with large extents, so the list stays short. The memory grows on demand and, as
 * WebAssembly has it, never shrinks.
 */
export class KernelHeap {
  private readonly memory: WebAssembly.Memory
  private readonly free: Extent[]
  private readonly grown: () => void
  private held = 0
  private peak = 0

  /** @param grown called after each growth, when `memory.buffer` is a new object. */
  constructor(memory: WebAssembly.Memory, base: number, grown: () => void) {
    this.memory = memory
    this.grown = grown
    this.free = [{ start: base, bytes: memory.buffer.byteLength - base }]
  }

  /**
   * @returns an extent of at least `bytes`, its content undefined
   * @throws RangeError when the memory has reached its maximum.
   */
  acquire(bytes: number): Extent {
    const wanted = Math.ceil(bytes / granule) * granule
    const index = this.free.findIndex((extent) => extent.bytes >= wanted)
    if (index < 0) {
      this.grow(wanted)
      return this.acquire(bytes)
    }
    const extent = this.free[index]
    const taken = { start: extent.start, bytes: wanted }
    extent.start += wanted
    extent.bytes -= wanted
    if (extent.bytes === 0) this.free.splice(index, 1)
    this.held += wanted
    this.peak = Math.max(this.peak, this.held)
    return taken
  }

  release(extent: Extent): void {
    this.held -= extent.bytes
    this.insert(extent)
  }

  /** Bytes handed out now, and the most there ever were since the last `resetPeak`. */
  get use(): { held: number; peak: number } {
    return { held: this.held, peak: this.peak }
  }

  resetPeak(): void {
    this.peak = this.held
  }

  private insert(extent: Extent): void {
    const after = this.free.findIndex((other) => other.start > extent.start)
    const index = after < 0 ? this.free.length : after
    this.free.splice(index, 0, { ...extent })
    this.merge(index)
    this.merge(index - 1)
  }

  private grow(bytes: number): void {
    const end = this.memory.buffer.byteLength
    const pages = Math.ceil(bytes / pageBytes)
    // Growing by an eighth at least keeps the number of growths logarithmic.
    const comfortable = Math.max(pages, Math.ceil(end / 8 / pageBytes))
    const added = this.tryGrow(comfortable) || this.tryGrow(pages)
    if (!added) throw new RangeError(`The kernel memory cannot hold another ${bytes} bytes (4 GiB at most).`)
    this.grown()
    this.insert({ start: end, bytes: added })
  }

  private tryGrow(pages: number): number {
    try {
      this.memory.grow(pages)
      return pages * pageBytes
    } catch (error) {
      if (error instanceof RangeError) return 0
      throw error
    }
  }

  /** Joins extent `index` with the next one where they touch. */
  private merge(index: number): void {
    const extent = this.free[index]
    const next = this.free[index + 1]
    if (!extent || !next || extent.start + extent.bytes !== next.start) return
    extent.bytes += next.bytes
    this.free.splice(index + 1, 1)
  }
}
