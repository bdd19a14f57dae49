/** Plausible files for the stand-in machine: small tables drawn from a fixed stream. */

/** Numbers in [0, 1): a linear congruential generator is enough for looks. */
export function stream(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Sum of uniforms: bell-shaped, sd 1. */
const bell = (next: () => number) => (next() + next() + next() + next() - 2) * Math.sqrt(3)

/** 208 rows of 60 echoes and a class, like the sonar data. */
export function echoesCsv(rows = 208, bands = 60): string {
  const next = stream(7)
  const header = [...Array.from({ length: bands }, (_, j) => `band ${j + 1}`), 'class'].join(',')
  const lines = Array.from({ length: rows }, (_, i) => {
    const mine = i % 15 < 8
    const cells = Array.from({ length: bands }, (_, j) => {
      const peak = Math.exp(-(((j - (mine ? 22 : 30)) / 12) ** 2))
      return Math.min(1, Math.abs(0.8 * peak * next() + 0.04 * bell(next))).toFixed(4)
    })
    return [...cells, mine ? 'mine' : 'rock'].join(',')
  })
  return [header, ...lines].join('\n') + '\n'
}

/** A regression table with a missing cell, a category and a constant column. */
export function housesCsv(rows = 160): string {
  const next = stream(3)
  const lines = Array.from({ length: rows }, (_, i) => {
    const area = 60 + 90 * next()
    const age = Math.floor(80 * next())
    const price = 1800 * area - 900 * age + 12000 * bell(next)
    const side = ['north', 'south', 'river'][Math.floor(3 * next())]
    return [area.toFixed(1), i % 23 === 4 ? '' : String(age), side, '1', price.toFixed(0)].join(';')
  })
  return ['area;age;side;floor count;price', ...lines].join('\n') + '\n'
}

export const bytesOf = (text: string) => new TextEncoder().encode(text)
