/** Beyond these, squares of the entries overflow or lose accuracy to underflow. */
const [smallest, largest] = [1e-100, 1e100]

/**
 * A power of two that brings a matrix whose largest entry is `size` into the range where squares are safe; 1 where it
 * already is, so that ordinary matrices are not touched.
 */
export function powerOfTwoScale(size: number): number {
  if (size === 0 || (size >= smallest && size <= largest)) return 1
  // Two steps would be needed for the smallest denormals; 2^1000 lifts them far enough.
  return 2 ** Math.max(-1000, Math.min(1000, -Math.round(Math.log2(size))))
}
