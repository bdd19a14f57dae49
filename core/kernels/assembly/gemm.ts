import * as Job from './job'
import { field } from './job'
import { packA, packB, stripOfA, TILE_ROWS, tileCols } from './pack'
import { edgeTile, tile, wideTile } from './tile'

/** Strips of B packed per claim. */
const STRIPS: usize = 32
/** Columns of B that pass by a strip of A at a time. */
const SUB: usize = 128
/** Looks at a counter before a thread goes to sleep: about as long as waking up takes. */
const SPINS: i32 = 10000

/** Works on a product until it is complete; any number of threads may call this for the same job. */
export function work(job: usize): void {
  const participant = <usize>atomic.add<i32>(job + Job.JOINED, 1)
  if (participant >= field(job, Job.LIMIT)) return
  if (field(job, Job.SINGLE)) phases<f32>(job, participant)
  else phases<f64>(job, participant)
}

/**
 * For every panel of B: pack it, then multiply. Within a phase threads claim blocks from a counter; a thread that comes
 * late or never costs nothing. Panels are packed into two places in turn, so that who has run out of blocks packs the
 * next panel while the others still multiply.
 *
 * Every entry of C is summed by one thread at a time in the order of k, from what C holds: the result depends neither
 * on the sizes of blocks nor on who computed what.
 */
function phases<T>(job: usize, participant: usize): void {
  const n = field(job, Job.N)
  const k = field(job, Job.K)
  const panelN = field(job, Job.PANEL_N)
  const panelK = field(job, Job.PANEL_K)
  const ownA = field(job, Job.PACKED_A) + participant * field(job, Job.PACKED_A_BYTES)
  const rowBlocks = <i32>((field(job, Job.M) + field(job, Job.BLOCK_M) - 1) / field(job, Job.BLOCK_M))
  let counters = field(job, Job.COUNTERS)
  let parity: usize = 0
  let before: usize = 0
  let blocksBefore: i32 = 0
  for (let j0: usize = 0; j0 < n; j0 += panelN) {
    const nb = min(panelN, n - j0)
    const blockN = field(job, Job.BLOCK_N)
    const blocks = rowBlocks * <i32>((nb + blockN - 1) / blockN)
    for (let k0: usize = 0; k0 < k; k0 += panelK) {
      const depth = min(panelK, k - k0)
      const packed = field(job, Job.PACKED_B) + parity * field(job, Job.PACKED_B_BYTES)
      packPhase<T>(job, j0, nb, k0, depth, packed, counters)
      if (before) awaitAll(before, blocksBefore)
      multiplyPhase<T>(job, j0, nb, k0, depth, packed, ownA, blocks, counters + 8)
      before = counters + 12
      blocksBefore = blocks
      counters += 16
      parity = 1 - parity
    }
  }
  awaitAll(before, blocksBefore)
}

/** Packs `depth` rows of nb columns of B: one slice of BLOCK_K rows after the other, each in strips. */
function packPhase<T>(
  job: usize,
  j0: usize,
  nb: usize,
  k0: usize,
  depth: usize,
  packed: usize,
  counters: usize,
): void {
  const width = tileCols<T>()
  const strips = (nb + width - 1) / width
  const groups = (strips + STRIPS - 1) / STRIPS
  const blockK = field(job, Job.BLOCK_K)
  const blocks = <i32>(groups * ((depth + blockK - 1) / blockK))
  for (;;) {
    const block = atomic.add<i32>(counters, 1)
    if (block >= blocks) break
    const slice = (<usize>block / groups) * blockK
    const kb = min(blockK, depth - slice)
    const out = packed + slice * strips * width * sizeof<T>()
    const at = (<usize>block % groups) * STRIPS * width
    packB<T>(job, j0 + at, min(STRIPS * width, nb - at), k0 + slice, kb, out + at * kb * sizeof<T>())
    finish(counters + 4, blocks)
  }
  awaitAll(counters + 4, blocks)
}

/** Multiplies blocks of C by all slices of the packed panel, one slice after the other. */
function multiplyPhase<T>(
  job: usize,
  j0: usize,
  nb: usize,
  k0: usize,
  depth: usize,
  packed: usize,
  ownA: usize,
  blocks: i32,
  counters: usize,
): void {
  const m = field(job, Job.M)
  const blockM = field(job, Job.BLOCK_M)
  const blockN = field(job, Job.BLOCK_N)
  const blockK = field(job, Job.BLOCK_K)
  const width = tileCols<T>()
  const padded = ((nb + width - 1) / width) * width
  const across = (nb + blockN - 1) / blockN
  for (;;) {
    const block = atomic.add<i32>(counters, 1)
    if (block >= blocks) break
    const i0 = (<usize>block / across) * blockM
    const jb = (<usize>block % across) * blockN
    const mb = min(blockM, m - i0)
    if (!field(job, Job.LOWER) || j0 + jb < i0 + mb) {
      const cols = min(blockN, nb - jb)
      for (let slice: usize = 0; slice < depth; slice += blockK) {
        const kb = min(blockK, depth - slice)
        packA<T>(job, i0, mb, k0 + slice, kb, ownA)
        const b = packed + (slice * padded + jb * kb) * sizeof<T>()
        multiplyBlock<T>(job, i0, mb, j0 + jb, cols, kb, k0 + slice == 0, b, ownA)
      }
    }
    finish(counters + 4, blocks)
  }
}

function multiplyBlock<T>(
  job: usize,
  i0: usize,
  mb: usize,
  j0: usize,
  nb: usize,
  kb: usize,
  first: bool,
  packedB: usize,
  packedA: usize,
): void {
  const width = tileCols<T>()
  const stride = field(job, Job.LDC) * sizeof<T>()
  const corner = field(job, Job.C) + i0 * stride + j0 * sizeof<T>()
  // The tail of a thread's packed panel: scratch for cut tiles.
  const scratch = packedA + field(job, Job.PACKED_A_BYTES) - TILE_ROWS * 32
  const beta = <T>(first ? load<f64>(job + Job.BETA) : 1)
  const lower = field(job, Job.LOWER) != 0
  const wide = field(job, Job.WIDE) != 0
  const stripA = stripOfA<T>(kb)
  const stripB = kb * 32
  const whole = nb - (nb % width)
  // Rows outside: a strip of A stays in the first-level cache while columns of B pass by, few enough that they stay
  // in the second-level cache for the next strip of A.
  for (let jj: usize = 0; jj < nb; jj += SUB) {
    let a = packedA
    let row = corner + jj * sizeof<T>()
    for (let i: usize = 0; i < mb; i += TILE_ROWS) {
      const rows = min(TILE_ROWS, mb - i)
      // Tiles that begin right of the diagonal are left out.
      const end = min(jj + SUB, lower ? min(nb, max(i0 + i + rows, j0) - j0) : nb)
      const wholeEnd = rows == TILE_ROWS ? min(end, whole) : 0
      let b = packedB + jj * kb * sizeof<T>()
      let c = row
      let j = jj
      if (wide) {
        for (; j + width < wholeEnd; j += 2 * width, b += 2 * stripB, c += 64) {
          wideTile<T>(a, b, stripB, kb, beta, c, stride)
        }
      }
      for (; j < wholeEnd; j += width, b += stripB, c += 32) tile<T>(a, b, kb, beta, c, stride)
      for (; j < end; j += width, b += stripB, c += 32) {
        edgeTile<T>(a, b, kb, beta, c, stride, rows, min(width, nb - j), scratch)
      }
      a += stripA
      row += TILE_ROWS * stride
    }
  }
}

/**
 * Multiplies the strips at `a` and `b`, `kb` deep, as often as `repeats` says, and writes to the twelve rows of 64 bytes
 * at `c`: the first six by tiles, the others by wide tiles. For the choice between them, which is made by the clock.
 */
export function rehearse(
  wide: bool,
  a: usize,
  b: usize,
  kb: usize,
  c: usize,
  repeats: usize,
  single: bool,
): void {
  const gap = kb * 32
  for (; repeats > 0; repeats--) {
    if (wide) {
      if (single) wideTile<f32>(a, b, gap, kb, 0, c + 384, 64)
      else wideTile<f64>(a, b, gap, kb, 0, c + 384, 64)
    } else if (single) {
      tile<f32>(a, b, kb, 0, c, 64)
      tile<f32>(a, b + gap, kb, 0, c + 32, 64)
    } else {
      tile<f64>(a, b, kb, 0, c, 64)
      tile<f64>(a, b + gap, kb, 0, c + 32, 64)
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
