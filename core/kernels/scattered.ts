import { engine } from './engine.ts'
import { productShape } from './gemm.ts'
import type { RealArray } from './places.ts'
import { RowWindow, Staging, type Dense } from './staging.ts'

/** A matrix in place, wherever in `data` its entries are: entry (i, j) is data[starts[i] + offsets[j]]. Not empty. */
export interface Scattered<T extends RealArray = RealArray> {
  readonly rows: number
  readonly cols: number
  readonly data: T
  readonly starts: Int32Array
  readonly offsets: Int32Array
}

export interface ScatteredOptions {
  /** Aᵀ·B in place of A·B. */
  readonly transposeA?: boolean
  /** Factor of what C held, 0 by default: then C is not read. */
  readonly beta?: number
}

/**
 * C = op(A)·B + β·C. What is not in the kernel memory is copied there: of A the stretch of `data` in which its entries
 * are.
 *
 * @throws RangeError when shapes or precisions do not match
 */
export function gemmScattered(A: Scattered, B: Dense, C: Dense, options: ScatteredOptions = {}): void {
  const { transposeA, beta = 0 } = options
  const { m, n, k } = productShape(A, B, C, options)
  const size = A.data.BYTES_PER_ELEMENT
  const host = engine()
  host.scratch((arena) => {
    const staging = new Staging(host, arena)
    const origin = host.owns(A.data) ? A.data.byteOffset : copied(A, staging)
    const list = (entries: Int32Array, base: number): number => {
      const { buffer, byteOffset } = arena.bytes(4 * entries.length)
      const words = new Uint32Array(buffer, byteOffset, entries.length)
      for (let i = 0; i < entries.length; i++) words[i] = base + size * entries[i]
      return byteOffset
    }
    const c = new RowWindow(staging, C, m)
    host.multiply({
      m,
      n,
      k,
      a: 0,
      lda: A.cols,
      transposeA,
      scattered: { rows: list(A.starts, origin), columns: list(A.offsets, 0) },
      b: staging.input(B.data),
      ldb: B.cols,
      c: beta === 0 ? c.address(0) : c.read(0, m),
      ldc: C.cols,
      beta,
      single: size === 4,
    })
    c.write(0, m)
  })
}

/** Copies the stretch of `data` in which the entries of A are. @returns the address that its first entry would have */
function copied({ data, starts, offsets }: Scattered, staging: Staging): number {
  const least = (values: Int32Array) => values.reduce((a, b) => Math.min(a, b))
  const most = (values: Int32Array) => values.reduce((a, b) => Math.max(a, b))
  const first = least(starts) + least(offsets)
  const part = data.subarray(first, most(starts) + most(offsets) + 1)
  return staging.input(part) - data.BYTES_PER_ELEMENT * first
}
