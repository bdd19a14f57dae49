/** Largest-triangle-three-buckets downsampling (Steinarsson 2013): keeps the shape of a curve in few points. */

/** Indices of the chosen points. `xs`, `ys`: equal lengths, in the coordinates that are drawn, no NaN. */
export function lttbIndices(xs: ArrayLike<number>, ys: ArrayLike<number>, wanted: number): number[] {
  const n = xs.length
  if (n <= wanted || wanted < 3) return Array.from({ length: n }, (_, i) => i)
  const bucket = (n - 2) / (wanted - 2)
  const chosen = [0]
  let previous = 0
  for (let k = 0; k < wanted - 2; k++) {
    const from = Math.floor(k * bucket) + 1
    const to = Math.floor((k + 1) * bucket) + 1
    const next = meanOf(xs, ys, to, Math.min(n, Math.floor((k + 2) * bucket) + 1))
    previous = largestTriangle(xs, ys, previous, from, to, next)
    chosen.push(previous)
  }
  chosen.push(n - 1)
  return chosen
}

function meanOf(xs: ArrayLike<number>, ys: ArrayLike<number>, from: number, to: number): [number, number] {
  let x = 0
  let y = 0
  for (let i = from; i < to; i++) {
    x += xs[i]
    y += ys[i]
  }
  return [x / (to - from), y / (to - from)]
}

/** The index in [from, to) whose triangle with point `a` and the next bucket's mean is largest. */
function largestTriangle(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  a: number,
  from: number,
  to: number,
  [nextX, nextY]: [number, number],
): number {
  let best = from
  let bestArea = -1
  for (let i = from; i < to; i++) {
    const area = Math.abs((xs[a] - nextX) * (ys[i] - ys[a]) - (xs[a] - xs[i]) * (nextY - ys[a]))
    if (area > bestArea) {
      bestArea = area
      best = i
    }
  }
  return best
}
