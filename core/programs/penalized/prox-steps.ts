import type { Dense } from '../../kernels/staging.ts'

type Single = Dense<Float32Array>

export interface StepSize {
  /** Factor of the gradient as it stands in G. */
  scale: number
  /** Length of the step. */
  rate: number
  /** The penalty threshold·Σ‖v_b‖ that belongs to scale·G. */
  threshold: number
}

/** A rule that moves the blocks (rows of V) along −G and takes the prox of the penalty: blocks become exactly zero. */
export interface ProxStep {
  /** G is overwritten. */
  step(V: Single, G: Single, size: StepSize): void
}

/**
 * v ← prox(v − rate·g + μ·(v − v_before)): with momentum on the movement, not on the gradient, so that a point that
 * stays is one where −g is a subgradient of the penalty (Ochs et al. 2014). μ = 0 is proximal SGD.
 */
export function heavyBall({ rows, cols }: Pick<Single, 'rows' | 'cols'>, mu: number): ProxStep {
  const movement = new Float32Array(mu > 0 ? rows * cols : 0)
  return {
    step(V, G, { scale, rate, threshold }) {
      for (let b = 0; b < rows; b++) {
        let sum = 0
        for (let at = b * cols; at < (b + 1) * cols; at++) {
          const moved = V.data[at] - rate * scale * G.data[at] + (mu > 0 ? mu * movement[at] : 0)
          G.data[at] = moved
          sum += moved * moved
        }
        const norm = Math.sqrt(sum)
        const kept = norm > rate * threshold ? 1 - (rate * threshold) / norm : 0
        for (let at = b * cols; at < (b + 1) * cols; at++) {
          const next = kept * G.data[at]
          if (mu > 0) movement[at] = next - V.data[at]
          V.data[at] = next
        }
      }
    },
  }
}

/** Adam's constants (Kingma & Ba 2015). */
const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-8 }

/**
 * Adam with the prox in the metric of its own steps: with entry c moving by s_c = rate/(√ŝ_c + ε) a unit of gradient,
 * v ← argmin_x threshold·‖x‖ + ½Σ (x_c − y_c)²/s_c at y = v − s·m̂.
 */
export function proximalAdam({ rows, cols }: Pick<Single, 'rows' | 'cols'>): ProxStep {
  const means = new Float32Array(rows * cols)
  const squares = new Float32Array(rows * cols)
  const lengths = new Float64Array(cols)
  let [firstPower, secondPower] = [1, 1]
  return {
    step(V, G, { scale, rate, threshold }) {
      firstPower *= ADAM.first
      secondPower *= ADAM.second
      for (let b = 0; b < rows; b++) {
        const first = b * cols
        for (let c = 0, at = first; c < cols; c++, at++) {
          const g = scale * G.data[at]
          means[at] = ADAM.first * means[at] + (1 - ADAM.first) * g
          squares[at] = ADAM.second * squares[at] + (1 - ADAM.second) * g * g
          lengths[c] = rate / (Math.sqrt(squares[at] / (1 - secondPower)) + ADAM.epsilon)
          V.data[at] -= (lengths[c] * means[at]) / (1 - firstPower)
        }
        shrinkScaled(V.data.subarray(first, first + cols), lengths, threshold)
      }
    },
  }
}

/** Newton ends when ‖x‖ is known to this share. */
const NORM_TOLERANCE = 1e-6

/**
 * argmin over x of threshold·‖x‖ + ½Σ (x_c − y_c)²/s_c, in place of y: x_c = y_c·t/(t + s_c·threshold) with t = ‖x‖ the root of
 * φ(t) = Σ y_c²/(t + s_c·threshold)² = 1, and 0 when φ(0) ≤ 1. 1/√φ is concave and increasing, so that Newton on it from
 * t = 0 climbs to the root without overshooting.
 *
 * @param s positive
 */
export function shrinkScaled(y: Float32Array, s: Float64Array, threshold: number): void {
  let t = 0
  for (let iteration = 0; iteration < 50; iteration++) {
    let [value, slope] = [0, 0]
    for (let c = 0; c < y.length; c++) {
      const inverse = 1 / (t + s[c] * threshold)
      const share = y[c] * inverse
      value += share * share
      slope -= 2 * share * share * inverse
    }
    const root = Math.sqrt(value)
    if (t === 0 && value <= 1) {
      y.fill(0)
      return
    }
    const change = (2 * value * (1 - root)) / slope
    t += change
    if (change <= NORM_TOLERANCE * t) break
  }
  for (let c = 0; c < y.length; c++) y[c] *= t / (t + s[c] * threshold)
}
