import { plain, relaxed } from './generated/binaries.ts'

/** What the compiled kernels export. Addresses are bytes in the kernel memory. */
export interface KernelExports {
  /** Works on the matrix product whose record stands at `job` until it is complete. */
  work(job: number): void
  /**
   * Multiplies a strip of A (6 rows) by two strips of B (32 bytes wide each) `repeats` times, by tiles or by wide tiles,
   * and writes to the first or to the last six of the twelve rows of 64 bytes at `c`.
   */
  rehearse(
    wide: boolean,
    a: number,
    b: number,
    depth: number,
    c: number,
    repeats: number,
    single: boolean,
  ): void
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
  /** out = a − b; returns ‖out‖². */
  residual(a: number, b: number, out: number, n: number): number
  /** out = sign(x)·max(|x| − tau, 0). */
  softThreshold(x: number, tau: number, out: number, n: number): void
  /** out = max(x, 0), mask = bytes of x > 0. */
  rectify(x: number, out: number, mask: number, n: number): void
  /** sums[j] += Σᵢ aᵢⱼ. */
  columnSums(a: number, lda: number, m: number, n: number, sums: number): void
  /** sums[j] += Σᵢ (aᵢⱼ − shift[j])². */
  columnSquares(a: number, lda: number, m: number, n: number, shift: number, sums: number): void
  /** out = A·diag(factors). */
  scaleColumns(a: number, lda: number, m: number, n: number, factors: number, out: number, ldo: number): void
  /** out[i, c] = Σ_p gates[i, p]·a[i, p·outputs + c]. */
  gatedRowSums(
    a: number,
    lda: number,
    gates: number,
    gateStride: number,
    m: number,
    patterns: number,
    outputs: number,
    out: number,
  ): void
  /** x = max(x, 0), in place; NaN stays NaN. */
  rectifyInPlace(x: number, n: number, single: boolean): void
  /** d = d where a > 0, else 0. */
  maskInactive(d: number, a: number, n: number, single: boolean): void
  /** x = a·x + b·y. */
  combine(a: number, x: number, b: number, y: number, n: number, single: boolean): void
  /** v = mu·v + g; g = v, or g + mu·v when `ahead`. */
  momentum(g: number, v: number, mu: number, ahead: boolean, n: number, single: boolean): void
  /** Moments m and v of g with these factors; g = (m/firstLeft)/(√(v/secondLeft) + epsilon). */
  adam(
    g: number,
    m: number,
    v: number,
    first: number,
    second: number,
    firstLeft: number,
    secondLeft: number,
    epsilon: number,
    n: number,
    single: boolean,
  ): void
  /** Row i of `to` is row rows[i] (32-bit) of `from`; rows of `bytes` bytes. */
  gatherRows(from: number, bytes: number, rows: number, count: number, to: number): void
  /** Zeros. */
  clear(to: number, bytes: number): void
  /** sums[j] += Σᵢ aᵢⱼ. What belongs to a column is in double, here and below. */
  sumColumns(a: number, m: number, n: number, sums: number, single: boolean): void
  /** sums[j] += Σᵢ (aᵢⱼ − center[j])². */
  squareColumns(a: number, m: number, n: number, center: number, sums: number, single: boolean): void
  /** plain[j] += Σᵢ dᵢⱼ, products[j] += Σᵢ dᵢⱼ·aᵢⱼ. */
  sumProducts(
    d: number,
    a: number,
    m: number,
    n: number,
    plain: number,
    products: number,
    single: boolean,
  ): void
  /** out = (a − center)·factor + shift by columns, and max(·, 0) of that when `rectified`. */
  affineColumns(
    a: number,
    m: number,
    n: number,
    center: number,
    factor: number,
    shift: number,
    rectified: boolean,
    out: number,
    single: boolean,
  ): void
  /** d −= a·factor + shift by columns. */
  subtractColumns(
    d: number,
    a: number,
    m: number,
    n: number,
    factor: number,
    shift: number,
    single: boolean,
  ): void
  /**
   * With N = (h − center)·factor, z = N·gamma + shift by columns (`columns`: these four, n entries each), for each group of
   * rows: counts = rows of z > 0, actives = Σ of their N, sums = Σ of their z.
   */
  poolActive(
    h: number,
    groups: number,
    group: number,
    n: number,
    columns: number,
    counts: number,
    actives: number,
    sums: number,
    single: boolean,
  ): void
  /** out = (row of d of the group where z > 0, else 0) − N·share − mean; `columns` goes on with share and mean. */
  spreadSlopes(
    h: number,
    groups: number,
    group: number,
    n: number,
    columns: number,
    d: number,
    out: number,
    single: boolean,
  ): void
  /** Rows of the matrix of all patches of images of `image` bytes, pixels of `pixel` bytes. */
  copyPatches(
    x: number,
    image: number,
    height: number,
    width: number,
    pixel: number,
    filterHeight: number,
    filterWidth: number,
    stride: number,
    above: number,
    before: number,
    down: number,
    across: number,
    first: number,
    rows: number,
    to: number,
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
