/**
 * A matrix product as a record in shared memory, so that any number of threads can work on it.
 * The TypeScript side (gemm-job.ts) writes the same offsets.
 */

// @ts-ignore: decorator
@inline
export const JOINED: usize = 0
// @ts-ignore: decorator
@inline
export const SINGLE: usize = 4
// @ts-ignore: decorator
@inline
export const A: usize = 8
// @ts-ignore: decorator
@inline
export const LDA: usize = 12
// @ts-ignore: decorator
@inline
export const TRANSPOSE_A: usize = 16
// @ts-ignore: decorator
@inline
export const B: usize = 20
// @ts-ignore: decorator
@inline
export const LDB: usize = 24
// @ts-ignore: decorator
@inline
export const KIND_B: usize = 28
// @ts-ignore: decorator
@inline
export const C: usize = 32
// @ts-ignore: decorator
@inline
export const LDC: usize = 36
// @ts-ignore: decorator
@inline
export const M: usize = 40
// @ts-ignore: decorator
@inline
export const N: usize = 44
// @ts-ignore: decorator
@inline
export const K: usize = 48
// @ts-ignore: decorator
@inline
export const ROW_MASK: usize = 52
// @ts-ignore: decorator
@inline
export const GATES: usize = 56
// @ts-ignore: decorator
@inline
export const GATE_STRIDE: usize = 60
// @ts-ignore: decorator
@inline
export const OUTPUTS: usize = 64
// @ts-ignore: decorator
@inline
export const PACKED_A: usize = 68
// @ts-ignore: decorator
@inline
export const PACKED_A_BYTES: usize = 72
// @ts-ignore: decorator
@inline
export const PACKED_B: usize = 76
// @ts-ignore: decorator
@inline
export const PACKED_B_BYTES: usize = 80
// @ts-ignore: decorator
@inline
export const COUNTERS: usize = 84
// @ts-ignore: decorator
@inline
export const BLOCK_M: usize = 88
// @ts-ignore: decorator
@inline
export const BLOCK_N: usize = 92
// @ts-ignore: decorator
@inline
export const PANEL_N: usize = 96
// @ts-ignore: decorator
@inline
export const PANEL_K: usize = 100
// @ts-ignore: decorator
@inline
export const ALPHA: usize = 104
// @ts-ignore: decorator
@inline
export const BETA: usize = 112
// @ts-ignore: decorator
@inline
export const LOWER: usize = 120

/** Values of KIND_B. */
// @ts-ignore: decorator
@inline
export const PLAIN: u32 = 0
// @ts-ignore: decorator
@inline
export const TRANSPOSED: u32 = 1
/** B[k, p·outputs + c] = gates[k, p] · R[k, c]: the masked residuals of all patterns, never stored. */
// @ts-ignore: decorator
@inline
export const GATED: u32 = 2

// @ts-ignore: decorator
@inline
export function field(job: usize, offset: usize): usize {
  return load<usize>(job + offset)
}
