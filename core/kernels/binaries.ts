import { plain, relaxed } from './generated/binaries.ts'

/** What the compiled kernels export. Addresses are bytes in the kernel memory. */
export interface KernelExports {
  /** Works on the matrix product whose record stands at `job` until it is complete. */
  work(job: number): void
  /** Σ xᵢyᵢ. */
  dot(x: number, y: number, n: number): number
  /** y += alpha·x. */
  axpy(alpha: number, x: number, y: number, n: number): void
  /** x *= alpha. */
  scale(alpha: number, x: number, n: number): void
  /** y += alpha·A·x, A of m rows and n columns. */
  multiplyVector(a: number, lda: number, m: number, n: number, x: number, alpha: number, y: number): void
  /** y += alpha·Aᵀ·x, A of m rows and n columns. */
  multiplyTransposeVector(
    a: number,
    lda: number,
    m: number,
    n: number,
    x: number,
    alpha: number,
    y: number,
  ): void
  /** y += S·x, S symmetric of order n; its lower triangle is read. */
  symmetricMultiplyVector(s: number, lds: number, n: number, x: number, y: number): void
  /** Cholesky in place; returns the first row whose pivot is not positive, or n. */
  choleskyLeaf(a: number, lda: number, n: number): number
  /** B := B·L⁻ᵀ, B of m rows and n columns; `scratch` holds n·(n + 1) entries. */
  solveRightLeaf(l: number, ldl: number, b: number, ldb: number, m: number, n: number, scratch: number): void
  /** B := T⁻¹·B, T of order n read through its two strides, B of n rows and m columns. */
  solveLeftLeaf(
    t: number,
    rowStep: number,
    colStep: number,
    upward: boolean,
    b: number,
    ldb: number,
    n: number,
    m: number,
  ): void
}

/** Which of the two builds runs here. */
export type KernelVariant = 'relaxed' | 'plain'

/** The faster build that this engine accepts: relaxed SIMD has fused multiply-add, plain SIMD runs everywhere. */
export function preferredVariant(): KernelVariant {
  return WebAssembly.validate(decode(relaxed)) ? 'relaxed' : 'plain'
}

export function compileKernels(variant: KernelVariant): WebAssembly.Module {
  return new WebAssembly.Module(decode(variant === 'relaxed' ? relaxed : plain))
}

export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const instance = new WebAssembly.Instance(module, { env: { memory } })
  return instance.exports as unknown as KernelExports
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
