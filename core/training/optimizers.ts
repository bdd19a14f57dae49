import { BidualError } from '../errors.ts'
import type { SettingsOf } from '../experiments/document.ts'
import type { NamedArrays } from '../experiments/problem.ts'
import { adamStep, momentumStep } from '../kernels/elementwise.ts'
import type { RealArray } from '../linalg/matrix.ts'

export type OptimizerId = SettingsOf<'sgd'>['optimizer']

export interface OptimizerSettings {
  momentum: number
}

/** How a gradient becomes a step; the trainer subtracts learningRate·step. */
export interface UpdateRule {
  /** The arrays it keeps beside every parameter array: zeros at the start. */
  readonly state: readonly string[]
  /**
   * Whether weight decay stays out of the gradient that the rule sees and is a plain gradient step of its own. Such a rule
   * does not settle where the objective is stationary, but where its own direction balances the decay.
   */
  readonly decoupled: boolean
  /**
   * Writes the step over g.
   *
   * @param t updates so far, this one included
   */
  step(g: RealArray, state: readonly RealArray[], t: number, settings: OptimizerSettings): void
}

/** Constants as PyTorch sets them; Adam's are those of Ergen et al. 2022, appendix. */
const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-8 }
const ADAGRAD = { epsilon: 1e-10 }
const ADADELTA = { decay: 0.9, epsilon: 1e-6 }

const plain: UpdateRule = { state: [], decoupled: false, step: () => undefined }

/** v ← μ·v + g, step v (heavy ball). */
const momentum: UpdateRule = {
  state: ['velocity'],
  decoupled: false,
  step(g, [v], _t, { momentum: mu }) {
    momentumStep(g, v, mu, false)
  },
}

/** v ← μ·v + g, step g + μ·v: the gradient is that at the point the momentum leads to, in shifted variables. */
const nesterov: UpdateRule = {
  state: ['velocity'],
  decoupled: false,
  step(g, [v], _t, { momentum: mu }) {
    momentumStep(g, v, mu, true)
  },
}

/** Kingma & Ba 2015, Algorithm 1. */
const adam: UpdateRule = {
  state: ['mean', 'square'],
  decoupled: false,
  step(g, [m, v], t) {
    adamStep(g, m, v, ADAM, t)
  },
}

/** s ← s + g², step g/(√s + ε): Duchi et al. 2011. */
const adagrad: UpdateRule = {
  state: ['sum'],
  decoupled: false,
  step(g, [sum]) {
    for (let at = 0; at < g.length; at++) {
      sum[at] += g[at] * g[at]
      g[at] /= Math.sqrt(sum[at]) + ADAGRAD.epsilon
    }
  },
}

/** Zeiler 2012, Algorithm 1: steps in the units of the parameters, so that learning rates are near 1. */
const adadelta: UpdateRule = {
  state: ['square', 'moved'],
  decoupled: false,
  step(g, [square, moved]) {
    const { decay, epsilon } = ADADELTA
    for (let at = 0; at < g.length; at++) {
      square[at] = decay * square[at] + (1 - decay) * g[at] * g[at]
      const step = (Math.sqrt(moved[at] + epsilon) / Math.sqrt(square[at] + epsilon)) * g[at]
      moved[at] = decay * moved[at] + (1 - decay) * step * step
      g[at] = step
    }
  },
}

/** Every update rule, by its name in the document. `gd` differs from `sgd` only in using all rows at every step. */
export const OPTIMIZERS: Readonly<Record<OptimizerId, UpdateRule>> = {
  gd: plain,
  sgd: plain,
  momentum,
  nesterov,
  adam,
  /** Loshchilov & Hutter 2019, Algorithm 2, its decay that of the regulariser. */
  adamw: { ...adam, decoupled: true },
  adagrad,
  adadelta,
}

/** An update rule with what it remembers of one run. */
export class Optimizer {
  readonly decoupled: boolean
  private readonly rule: UpdateRule
  private readonly settings: OptimizerSettings
  private readonly zeros: (length: number) => RealArray
  private readonly slots = new Map<string, RealArray[]>()
  private updates = 0

  /** @param zeros makes the arrays it keeps, in the precision and the place of the gradients */
  constructor(id: OptimizerId, settings: OptimizerSettings, zeros: (length: number) => RealArray) {
    this.rule = OPTIMIZERS[id]
    this.decoupled = this.rule.decoupled
    this.settings = settings
    this.zeros = zeros
  }

  /** Called once before the steps of one update of all arrays. */
  tick(): void {
    this.updates++
  }

  /** Writes the step over `g`, the gradient for the parameter array of that name. */
  step(slot: string, g: RealArray): void {
    let state = this.slots.get(slot)
    if (!state) {
      state = this.rule.state.map(() => this.zeros(g.length))
      this.slots.set(slot, state)
    }
    this.rule.step(g, state, this.updates, this.settings)
  }

  /** What the rule remembers, shared and not copied: arrays `<parameter>.<state>`. */
  save(): { updates: number; arrays: NamedArrays<RealArray> } {
    const arrays = [...this.slots].flatMap(([slot, state]) =>
      state.map((data, i) => [`${slot}.${this.rule.state[i]}`, { shape: [data.length], data }]),
    )
    return { updates: this.updates, arrays: Object.fromEntries(arrays) as NamedArrays<RealArray> }
  }

  /**
   * Goes on from what {@link save} gave.
   *
   * @throws BidualError bad-input when an array of the rule is missing
   */
  restore(updates: number, arrays: NamedArrays<RealArray>): void {
    this.updates = updates
    this.slots.clear()
    for (const slot of new Set(Object.keys(arrays).map((name) => name.slice(0, name.lastIndexOf('.'))))) {
      const state = this.rule.state.map((name) => {
        const saved = arrays[`${slot}.${name}`] as { data: RealArray } | undefined
        if (!saved)
          throw new BidualError(
            'bad-input',
            `The saved state has no ${name} of ${slot}: it is of another optimiser.`,
          )
        const copy = this.zeros(saved.data.length)
        copy.set(saved.data)
        return copy
      })
      this.slots.set(slot, state)
    }
  }
}
