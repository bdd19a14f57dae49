import { projectPolyhedralCone } from '../../linalg/cone.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { dot, multiply, multiplyTransposeVector, multiplyVector, norm2 } from '../../linalg/products.ts'
import { spectralNorm } from '../../linalg/svd.ts'
import type { CutOracle, PricedNeuron } from './neuron.ts'

/** All neurons of these oracles are active on every sample. */
const ALL_ACTIVE = 0

/**
 * max ±vᵀAu over Au ≥ 0, ‖u‖ ≤ 1 (THEORY §6; Ergen & Pilanci 2021 (JMLR), (15)): ‖Π(±Aᵀv)‖, Π the projection on the cone
 * {Au ≥ 0}. Among all neurons it is the best one where A is spike-free, and a restriction otherwise.
 *
 * @param A n×r; @param spikeFree whether that is proved of A
 */
export function spikeFreeOracle(A: Matrix, spikeFree: boolean): CutOracle {
  const warm: [readonly number[], readonly number[]] = [[], []]
  const best = (z: Float64Array, side: 0 | 1): PricedNeuron | null => {
    const { projection, active } = projectPolyhedralCone(A, z, warm[side])
    warm[side] = active
    const value = norm2(projection)
    return value > 0 ? { u: projection.map((t) => t / value), b: 0, value, cell: ALL_ACTIVE } : null
  }
  return {
    cells: null,
    price(v, floor) {
      const z = multiplyTransposeVector(A, v)
      if (norm2(z) <= floor) return { rho: norm2(z), neurons: [] }
      const minus = z.map((t) => -t)
      return ranked([best(z, 0), best(minus, 1)], floor)
    },
    boundVectors: (V) => (spikeFree ? spectralNorm(multiply(V, A, { transposeA: true })) : null),
  }
}

/**
 * The same with a free bias (Ergen & Pilanci 2021 (JMLR), A.3): max ±vᵀ(Au + b1) over Au + b1 ≥ 0, ‖u‖ ≤ 1. Since 1ᵀv = 0
 * the bias is only there to make every sample active, and u = ±Aᵀv/‖Aᵀv‖: neurons that are linear on the data.
 *
 * @param A n×r, its columns of mean 0; @param spikeFree whether that is proved of A with biases
 */
export function spikeFreeOracleWithBias(A: Matrix, spikeFree: boolean): CutOracle {
  const neuron = (u: Float64Array, v: Float64Array): PricedNeuron => {
    const responses = multiplyVector(A, u)
    const b = -responses.reduce((least, t) => Math.min(least, t), Infinity)
    return { u, b, value: Math.abs(dot(v, responses)), cell: ALL_ACTIVE }
  }
  return {
    cells: null,
    price(v, floor) {
      const z = multiplyTransposeVector(A, v)
      const size = norm2(z)
      if (size <= floor) return { rho: size, neurons: [] }
      const u = z.map((t) => t / size)
      return ranked(
        [
          neuron(u, v),
          neuron(
            u.map((t) => -t),
            v,
          ),
        ],
        floor,
      )
    },
    boundVectors: (V) => (spikeFree ? spectralNorm(multiply(V, A, { transposeA: true })) : null),
  }
}

/** The neurons above `floor`, the largest value first, and the largest value of all. */
export function ranked(
  candidates: readonly (PricedNeuron | null)[],
  floor: number,
): { rho: number; neurons: PricedNeuron[] } {
  const found = candidates.filter((neuron) => neuron !== null).sort((p, q) => q.value - p.value)
  return { rho: found[0]?.value ?? 0, neurons: found.filter(({ value }) => value > floor) }
}
