import type { Arena } from './arena.ts'
import type { Engine } from './engine.ts'

type NumberArray = Float64Array | Float32Array

/** A dense row-major array of either precision; `Matrix` is one. */
export interface Dense<T extends NumberArray = NumberArray> {
  readonly rows: number
  readonly cols: number
  readonly data: T
}

/** Copies foreign arrays into the kernel memory for the length of one call. */
export class Staging {
  private readonly host: Engine
  private readonly arena: Arena

  constructor(host: Engine, arena: Arena) {
    this.host = host
    this.arena = arena
  }

  /** Address of the array itself, or of a copy. */
  input(view: NumberArray | Uint8Array): number {
    if (this.host.owns(view)) return view.byteOffset
    const copy = view instanceof Uint8Array ? this.arena.bytes(view.length) : this.room(view, view.length)
    copy.set(view)
    return copy.byteOffset
  }

  owns(dense: Dense): boolean {
    return this.host.owns(dense.data)
  }

  /** Room for `length` doubles, their content undefined. */
  doubles(length: number): Float64Array {
    return this.arena.float64Undefined(length)
  }

  /** Room for `length` entries of the kind that `like` holds, its content undefined. */
  room(like: NumberArray, length: number): NumberArray {
    return this.arena.alike(like, length)
  }
}

/** Some rows of an array at a time in the kernel memory: in place, or through one buffer of `step` rows. */
export class RowWindow {
  private readonly source: Dense
  private readonly buffer: NumberArray | undefined

  constructor(staging: Staging, source: Dense, step: number) {
    this.source = source
    if (!staging.owns(source)) this.buffer = staging.room(source.data, step * source.cols)
  }

  /** Where the rows from `from` on will stand. */
  address(from: number): number {
    const { data, cols } = this.source
    return this.buffer?.byteOffset ?? data.byteOffset + from * cols * data.BYTES_PER_ELEMENT
  }

  /** Makes rows from…from+rows readable and gives their address. */
  read(from: number, rows: number): number {
    const { data, cols } = this.source
    this.buffer?.set(data.subarray(from * cols, (from + rows) * cols))
    return this.address(from)
  }

  /** Carries rows that a kernel has written back to the array. */
  write(from: number, rows: number): void {
    const { data, cols } = this.source
    if (this.buffer) data.set(this.buffer.subarray(0, rows * cols), from * cols)
  }
}
