import * as Job from './job'
import { field } from './job'
import { packA, packB, TILE_ROWS, tileCols } from './pack'
import { edgeTile, tile } from './tile'

/** Strips of B packed per claim. */
const STRIPS: usize = 8
const SPINS: i32 = 2000

/** Works on a product until it is complete; any number of threads may call this for the same job. */
export function work(job: usize): void {
  const participant = <usize>atomic.add<i32>(job + Job.JOINED, 1)
  if (field(job, Job.SINGLE)) phases<f32>(job, participant)
  else phases<f64>(job, participant)
}

/**
 * For every panel of B: pack it, then multiply. Within a phase threads claim blocks from a counter; a phase
 * ends when its last block is done, so a thread that comes late or never costs nothing. Every entry of C is
 * summed by one thread in the order of k: the result does not depend on who computed what.
 */
function phases<T>(job: usize, participant: usize): void {
  const n = field(job, Job.N)
  const k = field(job, Job.K)
  const panelN = field(job, Job.PANEL_N)
  const panelK = field(job, Job.PANEL_K)
  const ownA = field(job, Job.PACKED_A) + participant * field(job, Job.PACKED_A_BYTES)
  let counters = field(job, Job.COUNTERS)
  let parity: usize = 0
  for (let j0: usize = 0; j0 < n; j0 += panelN) {
    const nb = min(panelN, n - j0)
    for (let k0: usize = 0; k0 < k; k0 += panelK) {
      const kb = min(panelK, k - k0)
      const packed = field(job, Job.PACKED_B) + parity * field(job, Job.PACKED_B_BYTES)
      packPhase<T>(job, j0, nb, k0, kb, packed, counters)
      multiplyPhase<T>(job, j0, nb, k0, kb, packed, ownA, counters + 8)
      counters += 16
      parity = 1 - parity
    }
  }
}

function packPhase<T>(
  job: usize,
  j0: usize,
  nb: usize,
  k0: usize,
  kb: usize,
  packed: usize,
  counters: usize,
): void {
  const width = tileCols<T>()
  const strips = (nb + width - 1) / width
  const blocks = <i32>((strips + STRIPS - 1) / STRIPS)
  for (;;) {
    const block = atomic.add<i32>(counters, 1)
    if (block >= blocks) break
    const last = min((<usize>block + 1) * STRIPS, strips)
    for (let s = <usize>block * STRIPS; s < last; s++) {
      const at = s * width
      packB<T>(job, j0 + at, min(width, nb - at), k0, kb, packed + at * kb * sizeof<T>())
    }
    finish(counters + 4, blocks)
  }
  awaitAll(counters + 4, blocks)
}

function multiplyPhase<T>(
  job: usize,
  j0: usize,
  nb: usize,
  k0: usize,
  kb: usize,
  packed: usize,
  ownA: usize,
  counters: usize,
): void {
  const m = field(job, Job.M)
  const blockM = field(job, Job.BLOCK_M)
  const blockN = field(job, Job.BLOCK_N)
  const across = (nb + blockN - 1) / blockN
  const blocks = <i32>(((m + blockM - 1) / blockM) * across)
  let packedRow = usize.MAX_VALUE
  for (;;) {
    const block = atomic.add<i32>(counters, 1)
    if (block >= blocks) break
    const i0 = (<usize>block / across) * blockM
    const jb = (<usize>block % across) * blockN
    const mb = min(blockM, m - i0)
    if (!field(job, Job.LOWER) || j0 + jb < i0 + mb) {
      if (packedRow != i0) packA<T>(job, i0, mb, k0, kb, ownA)
      packedRow = i0
      multiplyBlock<T>(
        job,
        i0,
        mb,
        j0 + jb,
        min(blockN, nb - jb),
        k0,
        kb,
        packed + jb * kb * sizeof<T>(),
        ownA,
      )
    }
    finish(counters + 4, blocks)
  }
  awaitAll(counters + 4, blocks)
}

function multiplyBlock<T>(
  job: usize,
  i0: usize,
  mb: usize,
  j0: usize,
  nb: usize,
  k0: usize,
  kb: usize,
  packedB: usize,
  packedA: usize,
): void {
  const width = tileCols<T>()
  const stride = field(job, Job.LDC) * sizeof<T>()
  const corner = field(job, Job.C) + i0 * stride + j0 * sizeof<T>()
  // The tail of a thread's packed panel: scratch for cut tiles, then alpha and beta of this block.
  const factors = packedA + field(job, Job.PACKED_A_BYTES) - 16
  const scratch = factors - TILE_ROWS * 32
  store<f64>(factors, load<f64>(job + Job.ALPHA))
  store<f64>(factors, k0 == 0 ? load<f64>(job + Job.BETA) : 1, 8)
  const lower = field(job, Job.LOWER) != 0
  // Rows outside: a strip of A stays in the first-level cache while B passes by, and C is written along its rows.
  for (let i: usize = 0; i < mb; i += TILE_ROWS) {
    const rows = min(TILE_ROWS, mb - i)
    const a = packedA + i * kb * sizeof<T>()
    for (let j: usize = 0; j < nb; j += width) {
      if (lower && j0 + j >= i0 + i + rows) break
      const cols = min(width, nb - j)
      const b = packedB + j * kb * sizeof<T>()
      const c = corner + i * stride + j * sizeof<T>()
      if (rows == TILE_ROWS && cols == width) tile<T>(a, b, kb, factors, c, stride)
      else edgeTile<T>(a, b, kb, factors, c, stride, rows, cols, scratch)
    }
  }
}

/** Counts a finished block and wakes those who wait for the last one. */
function finish(done: usize, blocks: i32): void {
  if (atomic.add<i32>(done, 1) + 1 == blocks) atomic.notify(done, -1)
}

/** Waits for blocks that other threads still work on: a short spin, then sleep. */
function awaitAll(done: usize, blocks: i32): void {
  for (let spins: i32 = 0; ; spins++) {
    const count = atomic.load<i32>(done)
    if (count >= blocks) return
    if (spins > SPINS) atomic.wait<i32>(done, count, 1000000)
  }
}
