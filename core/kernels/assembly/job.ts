/**
 * A matrix product as a record in shared memory, so that any number of threads can work on it.
 * The TypeScript side (gemm-job.ts) writes the same offsets.
 */

@inline
export const JOINED: usize = 0
@inline
export const SINGLE: usize = 4
@inline
export const A: usize = 8
@inline
export const LDA: usize = 12
@inline
export const TRANSPOSE_A: usize = 16
@inline
export const B: usize = 20
@inline
export const LDB: usize = 24
@inline
export const KIND_B: usize = 28
@inline
export const C: usize = 32
@inline
export const LDC: usize = 36
@inline
export const M: usize = 40
@inline
export const N: usize = 44
@inline
export const K: usize = 48
@inline
export const ROW_MASK: usize = 52
@inline
export const GATES: usize = 56
@inline
export const GATE_STRIDE: usize = 60
@inline
export const OUTPUTS: usize = 64
@inline
export const PACKED_A: usize = 68
@inline
export const PACKED_A_BYTES: usize = 72
@inline
export const PACKED_B: usize = 76
@inline
export const PACKED_B_BYTES: usize = 80
@inline
export const COUNTERS: usize = 84
@inline
export const BLOCK_M: usize = 88
@inline
export const BLOCK_N: usize = 92
@inline
export const PANEL_N: usize = 96
@inline
export const PANEL_K: usize = 100
@inline
export const BLOCK_K: usize = 104
@inline
export const LOWER: usize = 108
@inline
export const ALPHA: usize = 112
@inline
export const BETA: usize = 120
/** Threads that may work on the product; who joins later turns away. */
@inline
export const LIMIT: usize = 128
/** Are two neighbouring tiles taken together? */
@inline
export const WIDE: usize = 132
/** Addresses of the rows of the stored A, and how many bytes from there each of its columns is; 0: it is in one piece. */
@inline
export const ROWS_A: usize = 136
@inline
export const COLUMNS_A: usize = 140

/** Values of KIND_B. */
@inline
export const PLAIN: u32 = 0
@inline
export const TRANSPOSED: u32 = 1
/** B[k, p·outputs + c] = gates[k, p] · R[k, c]: the masked residuals of all patterns, never stored. */
@inline
export const GATED: u32 = 2

@inline
export function field(job: usize, offset: usize): usize {
  return load<usize>(job + offset)
}
