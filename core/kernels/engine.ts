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
import { controlWords, type SpawnMember, type TeamMember } from './team.ts'

/** Below this address lie the constants of the compiled kernels. */
const heapBase = 65536
const maximumPages = 65536

const tileRows = 6
/** Rows of A packed at a time: with 256 columns about 250 kB, half of a usual second-level cache. */
const blockRows = 120
/** Columns of B packed at a time. */
const panelCols = 1024
/** Inner entries packed at a time, in bytes. */
const panelDepthBytes = 2048
/** Products with fewer multiplications are not worth waking a thread for. */
const teamThreshold = 2e6
/** A block per thread more than this keeps threads busy when one is delayed. */
const blocksPerThread = 4

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
  private counterBytes = 16 * 1024
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
    this.space = this.packingSpace(this.threads + count)
    const setup = { module: this.module, memory: this.memory, control: this.control, job: this.job }
    for (let i = 0; i < count; i++) this.team.push(spawn(setup))
  }

  /** Ends the helping threads. */
  dismiss(): void {
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
    const blocking = this.blocking(product)
    this.clearCounters(product, blocking)
    writeJob(this.buffer, this.job, product, blocking, this.space)
    const { m, n, k } = product
    if (this.team.length > 0 && m * n * k >= teamThreshold) this.multiplyTogether()
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

  /** Rows in blocks of whole tiles; more and smaller blocks for a team; columns split when rows are few. */
  private blocking({ m, n, single }: Product): Blocking {
    const panelN = Math.min(panelCols, Math.ceil(n / 8) * 8)
    const share = this.team.length === 0 ? m : m / (blocksPerThread * this.threads)
    const blockM = Math.min(blockRows, Math.max(tileRows, Math.ceil(share / tileRows) * tileRows))
    const wide = this.team.length > 0 && m < tileRows * 2 * this.threads
    return {
      blockM: wide ? tileRows * Math.ceil(m / tileRows) : blockM,
      blockN: wide ? Math.max(64, Math.ceil(panelN / (blocksPerThread * this.threads) / 8) * 8) : panelN,
      panelN,
      panelK: panelDepthBytes / (single ? 4 : 8),
    }
  }

  private clearCounters({ n, k }: Product, { panelN, panelK }: Blocking): void {
    const bytes = 16 * Math.ceil(n / panelN) * Math.ceil(k / panelK)
    if (bytes > this.counterBytes) {
      this.counterBytes = 2 * bytes
      this.space = { ...this.space, counters: this.packing.reserve(this.counterBytes) }
    }
    new Uint8Array(this.buffer, this.space.counters, bytes).fill(0)
  }

  private newControl(): number {
    const control = this.permanent.reserve(controlWords.length * 4)
    new Int32Array(this.buffer, control, controlWords.length).fill(0)
    return control
  }

  private packingSpace(threads: number): PackingSpace {
    this.packing.free()
    const packedABytes = (blockRows + tileRows) * panelDepthBytes + tileRows * 32 + 16
    const packedBBytes = (panelCols + 8) * panelDepthBytes
    return {
      packedABytes,
      packedBBytes,
      packedA: this.packing.reserve(packedABytes * threads),
      packedB: this.packing.reserve(2 * packedBBytes),
      counters: this.packing.reserve(this.counterBytes),
    }
  }
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
