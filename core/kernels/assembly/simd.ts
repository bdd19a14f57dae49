/** a·b + c in every lane: one fused instruction where relaxed SIMD is enabled, two roundings elsewhere. */
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c)
  return v128.add<T>(v128.mul<T>(a, b), c)
}

/** Lanes of a vector. */
@inline
export function lanes<T>(): usize {
  return 16 / sizeof<T>()
}

/** The sum of both lanes. */
@inline
export function sum2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
}
