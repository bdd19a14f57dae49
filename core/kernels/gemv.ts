import { engine } from './engine.ts'
import { Staging, type Dense } from './staging.ts'

/** Below this many entries a plain loop is done before a kernel is called. */
const smallMatrix = 1024

/** Does A lie in the kernel memory, and is it large enough for that to matter? Never makes an engine. */
export function inKernelMemory(A: Dense): boolean {
  // The kernel memory is shared: anything else need not be looked up.
  if (A.data.length < smallMatrix || A.data.buffer instanceof ArrayBuffer) return false
  return engine().owns(A.data)
}

/**
 * out = A·x, or Aᵀ·x, for a matrix in the kernel memory; the vectors may be anywhere.
 *
 * @param A n×d
 * @param x d entries (n when transposed)
 * @param out n entries (d when transposed), apart from x
 */
export function gemv(A: Dense<Float64Array>, x: Float64Array, out: Float64Array, transposed: boolean): void {
  const host = engine()
  host.scratch((arena) => {
    const input = new Staging(host, arena).input(x)
    const inPlace = host.owns(out)
    const target = inPlace ? out.fill(0) : arena.float64(out.length)
    const { rows, cols, data } = A
    const operands = [data.byteOffset, cols, rows, cols, input, 1, target.byteOffset] as const
    if (transposed) host.kernels.multiplyTransposeVector(...operands)
    else host.kernels.multiplyVector(...operands)
    if (!inPlace) out.set(target)
  })
}
