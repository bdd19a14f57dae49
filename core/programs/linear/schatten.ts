/**
 * Weight decay on all L layers of a linear network costs (L/2)·Σσᵢ(W)^{2/L} once the layers are balanced (THEORY 3.7):
 * the nuclear norm for L = 2, a concave function of every singular value beyond.
 */

/** (L/2)·Σσᵢ^{2/L}. */
export function decayCost(sigma: Float64Array, layers: number): number {
  return 0.5 * layers * sigma.reduce((sum, value) => sum + value ** (2 / layers), 0)
}

/** The size s with (L/2)·s^{2/L} = cost. */
export function sizeOfCost(cost: number, layers: number): number {
  return ((2 * cost) / layers) ** (layers / 2)
}

/**
 * argmin over s ≥ 0 of ½(s − t)² + γ(L/2)s^{2/L} for t ≥ 0 (THEORY 5.3): 0, or the largest root of
 * s − t + γs^{2/L−1} = 0, whichever is better.
 */
export function decayProx(t: number, gamma: number, layers: number): number {
  if (layers === 2) return Math.max(t - gamma, 0)
  const s = largestRoot(t, gamma, layers)
  if (s === null) return 0
  const power = 2 / layers
  const cost = 0.5 * (s - t) ** 2 + (gamma / power) * s ** power
  return cost < 0.5 * t * t ? s : 0
}

/** The largest root s ≥ 0 of s − t + γs^{2/L−1} = 0, where the function above has its only minimum beside 0, or null. */
export function largestRoot(t: number, gamma: number, layers: number): number | null {
  const power = 2 / layers
  if (layers === 2) return t > gamma ? t - gamma : null
  const lowest = (gamma * (1 - power)) ** (1 / (2 - power))
  if (lowest - t + gamma * lowest ** (power - 1) >= 0) return null
  // The function is convex and positive at t: Newton comes down to the largest root without passing it.
  let s = t
  for (let iteration = 0; iteration < 100; iteration++) {
    const value = s - t + gamma * s ** (power - 1)
    const change = value / (1 + gamma * (power - 1) * s ** (power - 2))
    s -= change
    if (Math.abs(change) <= 1e-16 * s) break
  }
  return s
}
