import type { Matrix } from '../linalg/matrix.ts'
import { engine, type Engine } from './engine.ts'
import { Staging, type Dense } from './staging.ts'

type Vector = Float64Array

/**
 * Level-1 steps that solvers repeat, each in one pass over its data. Arrays in the kernel memory (of an `Arena`) are
 * used in place; others are copied for the call, which then costs more than the step itself.
 */

/** out = a − b. @returns ‖a − b‖². `out` may be a or b. */
export function residual(a: Vector, b: Vector, out: Vector): number {
  requireEqual(a, b)
  requireEqual(a, out)
  return call((host, staging) => {
    const target = output(staging, out)
    const sum = host.kernels.residual(staging.input(a), staging.input(b), target.address, a.length)
    target.finish()
    return sum
  })
}

/** out = sign(x)·max(|x| − τ, 0). `out` may be x. */
export function softThresholdInto(x: Vector, tau: number, out: Vector): void {
  requireEqual(x, out)
  call((host, staging) => {
    const target = output(staging, out)
    host.kernels.softThreshold(staging.input(x), tau, target.address, x.length)
    target.finish()
  })
}

/** out = max(x, 0). @returns one byte for each entry: is it positive? */
export function rectify(x: Vector, out: Vector): Uint8Array {
  requireEqual(x, out)
  return engine().scratch((arena) => {
    const host = engine()
    const staging = new Staging(host, arena)
    const mask = arena.bytes(x.length)
    const target = output(staging, out)
    host.kernels.rectify(staging.input(x), target.address, mask.byteOffset, x.length)
    target.finish()
    return mask.slice()
  })
}

/** The mean and the Euclidean norm about it of every column of an n×d matrix, in two passes. */
export function columnMoments(A: Dense<Vector>): { means: Vector; norms: Vector } {
  return engine().scratch((arena) => {
    const host = engine()
    const { rows, cols } = A
    const a = new Staging(host, arena).input(A.data)
    const means = arena.float64(cols)
    const squares = arena.float64(cols)
    host.kernels.columnSums(a, cols, rows, cols, means.byteOffset)
    for (let j = 0; j < cols; j++) means[j] /= Math.max(1, rows)
    host.kernels.columnSquares(a, cols, rows, cols, means.byteOffset, squares.byteOffset)
    return { means: means.slice(), norms: squares.slice().map(Math.sqrt) }
  })
}

/**
 * The prox of τ·Σⱼ‖column j‖₂, in place: every column is shortened by τ or becomes zero.
 *
 * @returns the norms of the columns before the step
 */
export function shrinkColumns(A: Matrix, tau: number): Vector {
  return engine().scratch((arena) => {
    const host = engine()
    const { rows, cols } = A
    const staging = new Staging(host, arena)
    const inPlace = staging.owns(A)
    const work = inPlace ? A : arena.adopt(A)
    const a = work.data.byteOffset
    const zeros = arena.float64(cols)
    const factors = arena.float64(cols)
    host.kernels.columnSquares(a, cols, rows, cols, zeros.byteOffset, factors.byteOffset)
    const norms = factors.slice().map(Math.sqrt)
    norms.forEach((norm, j) => (factors[j] = norm > tau ? 1 - tau / norm : 0))
    host.kernels.scaleColumns(a, cols, rows, cols, factors.byteOffset, a, cols)
    if (!inPlace) A.data.set(work.data)
    return norms
  })
}

function call<T>(body: (host: Engine, staging: Staging) => T): T {
  const host = engine()
  return host.scratch((arena) => body(host, new Staging(host, arena)))
}

/** Where a kernel writes `out`: in place, or in a copy that `finish` carries over. */
function output(staging: Staging, out: Vector): { address: number; finish: () => void } {
  if (staging.owns({ rows: 1, cols: out.length, data: out }))
    return { address: out.byteOffset, finish: () => {} }
  const room = staging.room(out, out.length)
  return { address: room.byteOffset, finish: () => out.set(room) }
}

function requireEqual(a: Vector, b: Vector): void {
  if (a.length !== b.length) throw new RangeError(`Vectors of ${a.length} and ${b.length} entries.`)
}
