import type { SettingsOf } from '../experiments/document.ts'
import type { Problem, RunContext, StopReason, TrainedNetwork } from '../experiments/problem.ts'
import { LOSSES, type Loss } from '../losses/index.ts'
import {
  cloneNetwork,
  NETWORKS,
  objective,
  regularizer,
  shapeOf,
  type NetworkFamily,
} from '../networks/index.ts'
import { stream } from '../random/index.ts'
import { makeBatches, type Batches } from './batches.ts'
import { evaluationPeriod } from './evaluation.ts'
import { OPTIMIZERS, type Optimizer } from './optimizers.ts'
import { LearningRate } from './plateau.ts'
import { applyUpdate } from './update.ts'

export interface Iterate {
  network: TrainedNetwork
  objective: number
  epoch: number
}

/** The state of one training run: weights, optimiser, learning rate and the best iterate so far. */
export class Trainer {
  /** The best iterate whose objective was evaluated; null until one was finite. */
  best: Iterate | null = null
  readonly rate: LearningRate
  private readonly problem: Problem
  private readonly family: NetworkFamily
  private readonly loss: Loss
  private readonly network: TrainedNetwork
  private readonly optimizer: Optimizer
  private readonly batches: Batches
  private readonly period: number
  /** ∇ℓ on all rows at the current weights, when `begin` has computed it already. */
  private pending: ReturnType<NetworkFamily['lossGradient']> | null = null

  constructor(problem: Problem, settings: SettingsOf<'sgd'>, seed: number) {
    const { X, Y, network } = problem
    const source = stream(seed)
    const initialization = { kind: settings.initialization, scale: settings.scale }
    const batchSize = settings.optimizer === 'gd' ? 'full' : settings.batchSize
    this.problem = problem
    this.family = NETWORKS[network.family]
    this.loss = LOSSES[problem.loss]
    this.network = this.family.initialize(shapeOf(problem), initialization, source.split('initialization'))
    this.optimizer = OPTIMIZERS[settings.optimizer](settings)
    this.batches = makeBatches(X, Y, batchSize, source.split('batches'))
    this.period = evaluationPeriod(X.rows * this.family.hiddenWork(this.network))
    this.rate = new LearningRate(settings.learningRate, settings.schedule)
  }

  /** The objective at the start of an epoch, where it is due; by-product of the gradient on all rows. */
  begin(epoch: number): number | undefined {
    if (this.batches.count > 1) return epoch % this.period === 0 ? this.evaluate(epoch) : undefined
    const { X, Y, beta } = this.problem
    this.pending = this.family.lossGradient(this.network, X, Y, this.loss, X.rows)
    return this.observe(epoch, this.pending.loss + beta * regularizer(this.network))
  }

  /** The objective after the last epoch. */
  evaluate(epoch: number): number {
    const { X, Y, loss, beta } = this.problem
    return this.observe(epoch, objective(this.network, X, Y, loss, beta))
  }

  /** The steps of one epoch; returns why it was left, or null at its end. */
  advance(epoch: number, stop: RunContext['stop']): StopReason | 'diverged' | null {
    const { X, beta } = this.problem
    for (const batch of this.batches.epoch(epoch)) {
      const reason = this.batches.count > 1 ? stop(epoch) : null
      if (reason) return reason
      const result =
        this.pending ?? this.family.lossGradient(this.network, batch.X, batch.Y, this.loss, X.rows)
      this.pending = null
      if (!Number.isFinite(result.loss)) return 'diverged'
      const scale = { learningRate: this.rate.value, rows: batch.X.rows, n: X.rows, beta }
      applyUpdate(this.network, result.gradient, this.optimizer, scale)
    }
    return null
  }

  private observe(epoch: number, value: number): number {
    if (value < (this.best?.objective ?? Infinity)) {
      this.best = { network: cloneNetwork(this.network), objective: value, epoch }
    }
    this.rate.observe(epoch, value)
    return value
  }
}
