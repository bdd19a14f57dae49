import { madd } from './simd'
import { TILE_ROWS, tileCols } from './pack'

/**
 * One 6×(two vectors) tile: C = alpha·(strip of A)·(strip of B) + beta·C.
 *
 * The twelve accumulators, two vectors of B and one broadcast of A fill the fifteen vector registers that V8 gives
 * out on x64, and the addresses of the broadcasts nearly all the others. Therefore the loop counts by its pointer, is
 * not unrolled, and `factors` says where alpha and beta stand: they are read after it. A zero beta never reads C.
 */
export function tile<T>(a: usize, b: usize, kb: usize, factors: usize, c: usize, stride: usize): void {
  let c00 = v128.splat<T>(<T>0)
  let c01 = v128.splat<T>(<T>0)
  let c10 = v128.splat<T>(<T>0)
  let c11 = v128.splat<T>(<T>0)
  let c20 = v128.splat<T>(<T>0)
  let c21 = v128.splat<T>(<T>0)
  let c30 = v128.splat<T>(<T>0)
  let c31 = v128.splat<T>(<T>0)
  let c40 = v128.splat<T>(<T>0)
  let c41 = v128.splat<T>(<T>0)
  let c50 = v128.splat<T>(<T>0)
  let c51 = v128.splat<T>(<T>0)
  let av: v128
  let b0: v128
  let b1: v128
  const stop = b + kb * 32
  while (b < stop) {
    b0 = v128.load(b)
    b1 = v128.load(b, 16)
    av = v128.load_splat<T>(a)
    c00 = madd<T>(av, b0, c00)
    c01 = madd<T>(av, b1, c01)
    av = v128.load_splat<T>(a, sizeof<T>())
    c10 = madd<T>(av, b0, c10)
    c11 = madd<T>(av, b1, c11)
    av = v128.load_splat<T>(a, 2 * sizeof<T>())
    c20 = madd<T>(av, b0, c20)
    c21 = madd<T>(av, b1, c21)
    av = v128.load_splat<T>(a, 3 * sizeof<T>())
    c30 = madd<T>(av, b0, c30)
    c31 = madd<T>(av, b1, c31)
    av = v128.load_splat<T>(a, 4 * sizeof<T>())
    c40 = madd<T>(av, b0, c40)
    c41 = madd<T>(av, b1, c41)
    av = v128.load_splat<T>(a, 5 * sizeof<T>())
    c50 = madd<T>(av, b0, c50)
    c51 = madd<T>(av, b1, c51)
    a += TILE_ROWS * sizeof<T>()
    b += 32
  }
  const alpha = v128.splat<T>(<T>load<f64>(factors))
  const beta = <T>load<f64>(factors, 8)
  put<T>(c, c00, alpha, beta)
  put<T>(c + 16, c01, alpha, beta)
  c += stride
  put<T>(c, c10, alpha, beta)
  put<T>(c + 16, c11, alpha, beta)
  c += stride
  put<T>(c, c20, alpha, beta)
  put<T>(c + 16, c21, alpha, beta)
  c += stride
  put<T>(c, c30, alpha, beta)
  put<T>(c + 16, c31, alpha, beta)
  c += stride
  put<T>(c, c40, alpha, beta)
  put<T>(c + 16, c41, alpha, beta)
  c += stride
  put<T>(c, c50, alpha, beta)
  put<T>(c + 16, c51, alpha, beta)
}

@inline
function put<T>(c: usize, sum: v128, alpha: v128, beta: T): void {
  if (beta == <T>0) v128.store(c, v128.mul<T>(alpha, sum))
  else v128.store(c, madd<T>(alpha, sum, v128.mul<T>(v128.splat<T>(beta), v128.load(c))))
}

/** The same for a tile cut by the edge of C: computed whole into `scratch`, then copied entry by entry. */
export function edgeTile<T>(
  a: usize,
  b: usize,
  kb: usize,
  factors: usize,
  c: usize,
  stride: usize,
  rows: usize,
  cols: usize,
  scratch: usize,
): void {
  const width = tileCols<T>()
  const beta = <T>load<f64>(factors, 8)
  store<f64>(factors, 0, 8)
  tile<T>(a, b, kb, factors, scratch, 32)
  store<f64>(factors, <f64>beta, 8)
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < cols; j++) {
      const value = load<T>(scratch + (i * width + j) * sizeof<T>())
      const at = c + i * stride + j * sizeof<T>()
      store<T>(at, beta == <T>0 ? value : value + beta * load<T>(at))
    }
  }
}
