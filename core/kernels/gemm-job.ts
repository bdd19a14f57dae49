/** Byte offsets of the fields of a product's record: the same as assembly/job.ts. */
const offsets = {
  joined: 0,
  single: 4,
  a: 8,
  lda: 12,
  transposeA: 16,
  b: 20,
  ldb: 24,
  kindB: 28,
  c: 32,
  ldc: 36,
  m: 40,
  n: 44,
  k: 48,
  rowMask: 52,
  gates: 56,
  gateStride: 60,
  outputs: 64,
  packedA: 68,
  packedABytes: 72,
  packedB: 76,
  packedBBytes: 80,
  counters: 84,
  blockM: 88,
  blockN: 92,
  panelN: 96,
  panelK: 100,
  blockK: 104,
  lower: 108,
  alpha: 112,
  beta: 120,
  limit: 128,
  wide: 132,
  rowsA: 136,
  columnsA: 140,
} as const

export const jobBytes = 144

/** How op(B) is found: stored as k×n, stored as n×k, or gates ⊗ residuals (see `Product.gates`). */
export const kindsOfB = { plain: 0, transposed: 1, gated: 2 } as const

/** C = alpha·op(A)·op(B) + beta·C on arrays in the kernel memory; addresses in bytes, strides in entries. */
export interface Product {
  /** op(A) is m×k, op(B) k×n, C m×n. */
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: number
  readonly lda: number
  readonly transposeA?: boolean
  readonly b: number
  readonly ldb: number
  readonly transposeB?: boolean
  readonly c: number
  readonly ldc: number
  readonly alpha?: number
  readonly beta?: number
  /** Entries of 4 instead of 8 bytes. */
  readonly single?: boolean
  /** Bytes, one for each row of the *stored* A: a row whose byte is 0 counts as zero. */
  readonly rowMask?: number
  /**
   * Addresses of lists of 32-bit words: where each row of the stored A begins, and how many bytes from there each of its
   * columns is. With them `a`, `lda` and `rowMask` play no part.
   */
  readonly scattered?: { readonly rows: number; readonly columns: number }
  /** B[i, p·outputs + c] = gates[i·stride + p] · b[i·ldb + c]; `b` then holds k×outputs entries. */
  readonly gates?: { readonly address: number; readonly stride: number; readonly outputs: number }
  /** Compute only the tiles that meet the lower triangle of C; what the others hold is left as it was. */
  readonly lower?: boolean
}

/** Block sizes: entries of C or of the inner index. */
export interface Blocking {
  /** Rows of A that a thread packs at a time, and how much of a packed panel of B it multiplies them by. */
  readonly blockM: number
  readonly blockN: number
  readonly blockK: number
  /** What of B is packed before it is used: columns, and rows in whole multiples of `blockK`. */
  readonly panelN: number
  readonly panelK: number
  /** Threads that may work. */
  readonly limit: number
}

/** Where the panels are packed. */
export interface PackingSpace {
  readonly packedA: number
  readonly packedABytes: number
  readonly packedB: number
  readonly packedBBytes: number
  readonly counters: number
}

/**
 * Writes a product's record at `job`.
 *
 * @param wide two neighbouring tiles are taken together
 */
export function writeJob(
  buffer: ArrayBufferLike,
  job: number,
  product: Product,
  blocking: Blocking,
  space: PackingSpace,
  wide: boolean,
): void {
  const words = new Uint32Array(buffer, job, jobBytes / 4)
  const put = (field: keyof typeof offsets, value: number) => (words[offsets[field] / 4] = value)
  put('joined', 0)
  put('single', product.single ? 1 : 0)
  put('transposeA', product.transposeA ? 1 : 0)
  put('kindB', product.gates ? kindsOfB.gated : product.transposeB ? kindsOfB.transposed : kindsOfB.plain)
  for (const field of ['a', 'lda', 'b', 'ldb', 'c', 'ldc', 'm', 'n', 'k'] as const) put(field, product[field])
  put('rowMask', product.rowMask ?? 0)
  put('rowsA', product.scattered?.rows ?? 0)
  put('columnsA', product.scattered?.columns ?? 0)
  put('gates', product.gates?.address ?? 0)
  put('gateStride', product.gates?.stride ?? 0)
  put('outputs', product.gates?.outputs ?? 1)
  for (const field of ['packedA', 'packedABytes', 'packedB', 'packedBBytes', 'counters'] as const) {
    put(field, space[field])
  }
  for (const field of ['blockM', 'blockN', 'blockK', 'panelN', 'panelK', 'limit'] as const)
    put(field, blocking[field])
  put('lower', product.lower ? 1 : 0)
  put('wide', wide ? 1 : 0)
  const numbers = new Float64Array(buffer, job + offsets.alpha, 2)
  numbers[0] = product.alpha ?? 1
  numbers[1] = product.beta ?? 0
}
