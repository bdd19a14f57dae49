import { Matrix } from '../linalg/matrix.ts'
import type { KernelHeap } from './heap.ts'

const alignment = 64
const smallestExtent = 1 << 20

/** How far an arena is filled. */
export interface ArenaMark {
  /** The extent that is being filled: those before it are full, those after it empty. */
  readonly current: number
  readonly next: number
  readonly end: number
}

const EMPTY: ArenaMark = { current: -1, next: 0, end: 0 }

/**
 * Memory with one owner, freed as a whole: a run takes an arena, puts its arrays there and frees it at its end.
 *
 * Arrays of an arena lie in the kernel memory, so a kernel reads and writes them in place. After `free` they
 * must not be used: the bytes belong to the next owner.
 */
export class Arena {
  private readonly heap: KernelHeap
  private readonly buffer: () => ArrayBufferLike
  private readonly extents: { start: number; bytes: number }[] = []
  private current = -1
  private next = 0
  private end = 0

  constructor(heap: KernelHeap, buffer: () => ArrayBufferLike) {
    this.heap = heap
    this.buffer = buffer
  }

  /** Address of `bytes` bytes of undefined content, aligned to a cache line. */
  reserve(bytes: number): number {
    const needed = Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
    while (this.next + needed > this.end) this.openExtent(needed)
    const address = this.next
    this.next += needed
    return address
  }

  /** Zeros. */
  float64(length: number): Float64Array {
    return this.float64Undefined(length).fill(0)
  }

  /** Whatever the memory held: for arrays that are written before they are read. */
  float64Undefined(length: number): Float64Array {
    const address = this.reserve(length * 8)
    return new Float64Array(this.buffer(), address, length)
  }

  /** Zeros. */
  float32(length: number): Float32Array {
    return this.float32Undefined(length).fill(0)
  }

  /** Whatever the memory held: for arrays that are written before they are read. */
  float32Undefined(length: number): Float32Array {
    const address = this.reserve(length * 4)
    return new Float32Array(this.buffer(), address, length)
  }

  /** As `float64Undefined` or `float32Undefined`, whichever `like` is. */
  alike(like: Float64Array | Float32Array, length: number): Float64Array | Float32Array {
    return like instanceof Float32Array ? this.float32Undefined(length) : this.float64Undefined(length)
  }

  /** Zeros. */
  bytes(length: number): Uint8Array {
    const address = this.reserve(length)
    return new Uint8Array(this.buffer(), address, length).fill(0)
  }

  /** A rows×cols matrix of zeros. */
  matrix(rows: number, cols: number): Matrix {
    return new Matrix(rows, cols, this.float64(rows * cols))
  }

  /** A rows×cols matrix of undefined content. */
  matrixUndefined(rows: number, cols: number): Matrix {
    return new Matrix(rows, cols, this.float64Undefined(rows * cols))
  }

  /** A copy of A in this arena. */
  adopt(A: Matrix): Matrix {
    const copy = this.matrixUndefined(A.rows, A.cols)
    copy.data.set(A.data)
    return copy
  }

  /** Bytes held, whether used or not. */
  get heldBytes(): number {
    return this.extents.reduce((sum, extent) => sum + extent.bytes, 0)
  }

  /** What has been taken so far. */
  mark(): ArenaMark {
    return { current: this.current, next: this.next, end: this.end }
  }

  /** Forgets all arrays since `mark`, and keeps the bytes: who fills the arena again and again asks the heap once. */
  rewind({ current, next, end }: ArenaMark = EMPTY): void {
    this.current = current
    this.next = next
    this.end = end
  }

  /** Gives everything back; the arena can then be used anew. */
  free(): void {
    for (const extent of this.extents.splice(0)) this.heap.release(extent)
    this.rewind()
  }

  /** Goes on in the next extent, a new one of at least `bytes` after the last. */
  private openExtent(bytes: number): void {
    this.current++
    if (this.current === this.extents.length)
      this.extents.push(this.heap.acquire(Math.max(bytes, smallestExtent)))
    const extent = this.extents[this.current]
    this.next = extent.start
    this.end = extent.start + extent.bytes
  }
}
