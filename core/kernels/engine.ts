import { Arena } from './arena.ts'
import {
  compileKernels,
  instantiateKernels,
  preferredVariant,
  type KernelExports,
  type KernelVariant,
} from './binaries.ts'
import { writeJob, jobBytes, type Blocking, type PackingSpace, type Product } from './gemm-job.ts'
import { KernelHeap } from './heap.ts'
import { narrowTiles, TimedTiles, type TileChoice } from './tile-choice.ts'
import { controlWords, type SpawnMember, type TeamMember } from './team.ts'

/** Below this address lie the constants of the compiled kernels. */
const heapBase = 65536
const maximumPages = 65536

const tileRows = 6
/** Inner entries that a tile takes at a time, in bytes: strips of A and B together fit a first-level cache. */
const depthBytes = 2048
/** Rows of A packed at a time: about 250 kB, half of a usual second-level cache. */
const blockRows = 120
/** Bytes between two packed strips of A: see assembly/pack.ts. */
const stripGap = 64
/** Columns of B packed at a time. */
const panelCols = 1024
/** Bytes of B packed at a time, at most. */
const panelBytes = 8 << 20
/** With few rows of A a panel of B is read again hardly ever, and should still lie in a cache when it is. */
const few = { rows: 2 * blockRows, panelCols: 256, panelBytes: 1 << 19 }
/** Products with fewer multiplications are not worth waking a thread for, or looking at the clock. */
const teamThreshold = 2e6
/** With fewer blocks for each thread, one that is delayed holds all up. */
const blocksPerThread = 2

/**
 * The compiled kernels with the memory they work on, and the threads that help.
 *
 * One engine serves one thread of the host; its results do not depend on the size of its team.
 */
export class Engine {
  readonly variant: KernelVariant
  readonly kernels: KernelExports
  private readonly memory: WebAssembly.Memory
  private readonly module: WebAssembly.Module
  private readonly heap: KernelHeap
  private readonly permanent: Arena
  /** Every buffer object that has stood for the memory: each growth of a shared memory makes a new one. */
  private readonly buffers = new WeakSet<ArrayBufferLike>()
  private buffer: ArrayBufferLike
  private readonly team: TeamMember[] = []
  private control: number
  private readonly job: number
  private readonly packing: Arena
  /** Bytes there is room for in `space`. */
  private capacity = { packedB: 0, counters: 4096 }
  private crew: Crew | undefined
  private tiles: TileChoice = narrowTiles
  private space: PackingSpace

  constructor(variant: KernelVariant = preferredVariant()) {
    this.variant = variant
    this.memory = new WebAssembly.Memory({ initial: 32, maximum: maximumPages, shared: true })
    this.module = compileKernels(variant)
    this.kernels = instantiateKernels(this.module, this.memory)
    this.buffer = this.memory.buffer
    this.buffers.add(this.buffer)
    this.heap = new KernelHeap(this.memory, heapBase, () => {
      this.buffer = this.memory.buffer
      this.buffers.add(this.buffer)
    })
    this.permanent = this.arena()
    this.control = this.newControl()
    this.packing = this.arena()
    this.job = this.permanent.reserve(jobBytes)
    this.space = this.packingSpace(1)
  }

  /** New memory with one owner. */
  arena(): Arena {
    return new Arena(this.heap, () => this.buffer)
  }

  /** Runs `body` with an arena that is freed when it returns or throws. */
  scratch<T>(body: (arena: Arena) => T): T {
    const arena = this.arena()
    try {
      return body(arena)
    } finally {
      arena.free()
    }
  }

  /** Does this array lie in the kernel memory? */
  owns(view: ArrayBufferView): boolean {
    return view.buffer === this.buffer || this.buffers.has(view.buffer)
  }

  /** A view on `length` doubles of the kernel memory. */
  view(address: number, length: number): Float64Array {
    return new Float64Array(this.buffer, address, length)
  }

  /** Bytes of kernel memory: in use, the most since `resetPeak`, and what the engine has taken from the system. */
  get memoryUse(): { used: number; peak: number; total: number } {
    const { held, peak } = this.heap.use
    return { used: held, peak, total: this.buffer.byteLength }
  }

  resetPeak(): void {
    this.heap.resetPeak()
  }

  /** Threads that work on a large product, this one included. */
  get threads(): number {
    return this.team.length + 1
  }

  /**
   * Lets `count` more threads help with large products, for a run that has the machine to itself.
   * Results stay the same to the last bit.
   */
  hire(spawn: SpawnMember, count: number): void {
    this.invite(spawn, () => count)
    this.recruit(spawn, count)
  }

  /**
   * The same with a number that may change at any time: it is asked for before each large product. Threads start when
   * they are first allowed, and sleep while they are not.
   */
  invite(spawn: SpawnMember, allowed: () => number): void {
    this.crew = { spawn, allowed }
  }

  /** Finds out by this clock, from time to time, which tiles are the faster ones here. */
  timeTiles(now: () => number): void {
    this.useTiles(new TimedTiles(this.kernels, this.arena(), now))
  }

  /** Results stay the same to the last bit. */
  useTiles(tiles: TileChoice): void {
    this.tiles = tiles
  }

  private recruit(spawn: SpawnMember, count: number): void {
    if (count <= this.team.length) return
    this.space = this.packingSpace(count + 1)
    const setup = { module: this.module, memory: this.memory, control: this.control, job: this.job }
    while (this.team.length < count) this.team.push(spawn(setup))
  }

  /** Threads that may help with the next large product. */
  private helpers(): number {
    if (!this.crew) return 0
    const allowed = this.crew.allowed()
    this.recruit(this.crew.spawn, allowed)
    return Math.min(allowed, this.team.length)
  }

  /** Ends the helping threads. */
  dismiss(): void {
    this.crew = undefined
    const control = this.controlView()
    Atomics.store(control, controlWords.stop, 1)
    this.announce(control)
    for (const member of this.team.splice(0)) member.stop()
    // A thread that is slow to end may still touch these words: the next team gets its own.
    this.control = this.newControl()
    this.space = this.packingSpace(1)
  }

  /** C = alpha·op(A)·op(B) + beta·C; k, m and n are positive. */
  multiply(product: Product): void {
    const { m, n, k, single = false } = product
    const large = m * n * k >= teamThreshold
    if (large) this.tiles.countProduct()
    const helpers = large ? this.helpers() : 0
    const blocking = this.blocking(product, helpers + 1)
    this.prepareSpace(product, blocking)
    writeJob(this.buffer, this.job, product, blocking, this.space, this.tiles.wide(single))
    if (helpers > 0) this.multiplyTogether()
    else this.kernels.work(this.job)
  }

  private multiplyTogether(): void {
    const control = this.controlView()
    Atomics.store(control, controlWords.open, 1)
    this.announce(control)
    this.kernels.work(this.job)
    Atomics.store(control, controlWords.open, 0)
    // Nobody may still read the record when it is written again.
    let inside = Atomics.load(control, controlWords.inside)
    while (inside > 0) {
      Atomics.wait(control, controlWords.inside, inside, 1)
      inside = Atomics.load(control, controlWords.inside)
    }
  }

  private announce(control: Int32Array): void {
    Atomics.add(control, controlWords.sequence, 1)
    Atomics.notify(control, controlWords.sequence)
  }

  private controlView(): Int32Array {
    return new Int32Array(this.buffer, this.control, controlWords.length)
  }

  /**
   * Rows in blocks of whole tiles, all about as large and, for a team, as many as give each thread the same; columns
   * split when rows are few.
   */
  private blocking({ m, n, k, single }: Product, threads: number): Blocking {
    const size = single ? 4 : 8
    const blockK = depthBytes / size
    const panel = m <= few.rows ? few : { panelCols, panelBytes }
    const panelN = Math.min(panel.panelCols, Math.ceil(n / 8) * 8)
    const slices = Math.max(1, Math.floor(panel.panelBytes / (panelN * depthBytes)))
    const panelK = blockK * Math.min(slices, Math.ceil(k / blockK))
    const least = threads === 1 ? 1 : blocksPerThread
    const blocks = threads * Math.max(least, Math.ceil(m / (blockRows * threads)))
    const wide = threads > 1 && m <= Math.min(blockRows, tileRows * 2 * threads)
    return {
      blockM: tileRows * Math.ceil(m / (tileRows * (wide ? 1 : blocks))),
      blockN: wide ? Math.max(64, Math.ceil(panelN / (blocksPerThread * threads) / 8) * 8) : panelN,
      blockK,
      panelN,
      panelK,
      limit: threads,
    }
  }

  /** Room for the packed panels and, cleared, for the counters of each phase. */
  private prepareSpace({ n, k, single }: Product, { panelN, panelK }: Blocking): void {
    const phases = Math.ceil(n / panelN) * Math.ceil(k / panelK)
    const packedB = panelN * panelK * (single ? 4 : 8)
    this.ensureSpace({ packedB: packedB * Math.min(phases, 2), counters: 16 * phases })
    this.space = { ...this.space, packedBBytes: packedB }
    new Uint8Array(this.buffer, this.space.counters, 16 * phases).fill(0)
  }

  private ensureSpace(needed: { readonly packedB: number; readonly counters: number }): void {
    const { packedB, counters } = this.capacity
    if (needed.packedB <= packedB && needed.counters <= counters) return
    this.capacity = {
      packedB: Math.max(packedB, needed.packedB),
      counters: Math.max(counters, 2 * needed.counters),
    }
    this.space = this.packingSpace(this.threads)
  }

  private newControl(): number {
    const control = this.permanent.reserve(controlWords.length * 4)
    new Int32Array(this.buffer, control, controlWords.length).fill(0)
    return control
  }

  private packingSpace(threads: number): PackingSpace {
    this.packing.free()
    const packedABytes = (blockRows / tileRows) * (tileRows * depthBytes + stripGap) + tileRows * 32
    return {
      packedABytes,
      packedBBytes: 0,
      packedA: this.packing.reserve(packedABytes * threads),
      packedB: this.packing.reserve(this.capacity.packedB),
      counters: this.packing.reserve(this.capacity.counters),
    }
  }
}

/** Who may be asked to help. */
interface Crew {
  readonly spawn: SpawnMember
  readonly allowed: () => number
}

let shared: Engine | undefined

/**
 * The engine of this thread, made on first use.
 *
 * It is kept between calls because compiling is not free; no result depends on what it did before.
 */
export function engine(): Engine {
  shared ??= new Engine()
  return shared
}
