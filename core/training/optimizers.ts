import type { SettingsOf } from '../experiments/document.ts'

export type OptimizerId = SettingsOf<'sgd'>['optimizer']

/** A rule that turns a gradient g into a step; the trainer subtracts learningRate·step. */
export interface Optimizer {
  /** Writes the step over `g`. `slot` names the parameter array that g belongs to. */
  step(slot: string, g: Float64Array): void
  /** Called once before the steps of one update of all arrays. */
  tick(): void
}

export interface OptimizerSettings {
  momentum: number
}

/** Adam's constants as in the papers (Ergen et al. 2022, appendix): (β₁, β₂, ε). */
const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-8 }

const plain: Optimizer = { step: () => undefined, tick: () => undefined }

/** Every update rule, by its name in the document. `gd` differs from `sgd` only in using all rows at every step. */
export const OPTIMIZERS: Readonly<Record<OptimizerId, (settings: OptimizerSettings) => Optimizer>> = {
  gd: () => plain,
  sgd: () => plain,
  momentum,
  adam,
}

/** v ← μ·v + g, step v (heavy ball). */
function momentum({ momentum: mu }: OptimizerSettings): Optimizer {
  const velocities = new Map<string, Float64Array>()
  return {
    tick: () => undefined,
    step(slot, g) {
      const v = stateOf(velocities, slot, g.length)
      for (let at = 0; at < g.length; at++) {
        v[at] = mu * v[at] + g[at]
        g[at] = v[at]
      }
    },
  }
}

/** Kingma & Ba 2015, Algorithm 1. */
function adam(): Optimizer {
  const means = new Map<string, Float64Array>()
  const squares = new Map<string, Float64Array>()
  let [firstPower, secondPower] = [1, 1]
  return {
    tick() {
      firstPower *= ADAM.first
      secondPower *= ADAM.second
    },
    step(slot, g) {
      const [m, v] = [stateOf(means, slot, g.length), stateOf(squares, slot, g.length)]
      for (let at = 0; at < g.length; at++) {
        m[at] = ADAM.first * m[at] + (1 - ADAM.first) * g[at]
        v[at] = ADAM.second * v[at] + (1 - ADAM.second) * g[at] * g[at]
        g[at] = m[at] / (1 - firstPower) / (Math.sqrt(v[at] / (1 - secondPower)) + ADAM.epsilon)
      }
    },
  }
}

function stateOf(states: Map<string, Float64Array>, slot: string, length: number): Float64Array {
  const known = states.get(slot)
  if (known) return known
  const fresh = new Float64Array(length)
  states.set(slot, fresh)
  return fresh
}
