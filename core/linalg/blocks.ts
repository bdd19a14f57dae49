import type { Arena } from '../kernels/arena.ts'
import { engine, type Engine } from '../kernels/engine.ts'
import type { Product } from '../kernels/gemm-job.ts'
import type { Matrix } from './matrix.ts'

/** A rectangle of a matrix in the kernel memory: entry (i, j) at `address + 8·(i·stride + j)`. */
export interface Block {
  readonly address: number
  readonly rows: number
  readonly cols: number
  readonly stride: number
}

/** What a blocked algorithm works with: the kernels, and memory that is freed when it ends. */
export interface Workbench {
  readonly host: Engine
  readonly arena: Arena
}

/** Runs an algorithm with scratch memory of its own. */
export function withWorkbench<T>(body: (bench: Workbench) => T): T {
  const host = engine()
  return host.scratch((arena) => body({ host, arena }))
}

/** The whole of a matrix that lies in the kernel memory. */
export function blockOf(A: Matrix): Block {
  return { address: A.data.byteOffset, rows: A.rows, cols: A.cols, stride: A.cols }
}

/** Rows i…i+rows, columns j…j+cols. */
export function sub(block: Block, i: number, j: number, rows: number, cols: number): Block {
  return { address: block.address + 8 * (i * block.stride + j), rows, cols, stride: block.stride }
}

type UpdateOptions = Pick<Product, 'transposeA' | 'transposeB' | 'alpha' | 'beta' | 'lower'>

/** C = α·op(A)·op(B) + β·C; empty shapes change nothing, except that β = 0 clears C. */
export function update(host: Engine, C: Block, A: Block, B: Block, options: UpdateOptions = {}): void {
  const k = options.transposeA ? A.rows : A.cols
  if (C.rows === 0 || C.cols === 0) return
  if (k === 0) {
    if (options.beta === undefined || options.beta === 0) clear(host, C)
    return
  }
  host.multiply({
    ...options,
    m: C.rows,
    n: C.cols,
    k,
    a: A.address,
    lda: A.stride,
    b: B.address,
    ldb: B.stride,
    c: C.address,
    ldc: C.stride,
  })
}

function clear(host: Engine, { address, rows, cols, stride }: Block): void {
  for (let i = 0; i < rows; i++) host.view(address + 8 * i * stride, cols).fill(0)
}

/** About half of n, in whole multiples of `unit`; n > unit. */
export function splitSize(n: number, unit: number): number {
  return unit * Math.ceil(n / unit / 2)
}
