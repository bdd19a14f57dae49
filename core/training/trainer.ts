import type { SettingsOf } from '../experiments/document.ts'
import type { NamedArrays, Problem, RunContext, StopReason, TrainedNetwork } from '../experiments/problem.ts'
import type { StepMeasures } from '../experiments/result.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { LOSSES, type Loss } from '../losses/index.ts'
import { MeasureRecorder } from '../measures/recorder.ts'
import {
  cloneNetwork,
  matrixOf,
  NETWORKS,
  objective,
  parameters,
  regularizer,
  shapeOf,
  type LossGradient,
  type NetworkFamily,
} from '../networks/index.ts'
import { fromMatrix } from '../networks/arrays.ts'
import { convertNetwork } from '../networks/precision.ts'
import { stream } from '../random/index.ts'
import { batchRows, makeBatches, type Batch, type Batches } from './batches.ts'
import { evaluationPeriod } from './evaluation.ts'
import { Optimizer } from './optimizers.ts'
import { RowSpace, worthRotating } from './row-space.ts'
import { RUNNING_MOMENTUM, runningAverages } from './running.ts'
import { LearningRate } from './schedule.ts'
import { joinState, takeState, type Position, type TrainerState } from './state.ts'
import { TrainingMemory } from './memory.ts'
import { applyUpdate } from './update.ts'

export interface Iterate {
  network: TrainedNetwork
  objective: number
  epoch: number
}

/**
 * The state of one training run: weights, optimiser, learning rate and the best iterate so far.
 *
 * Weights, activations, gradients and the optimiser's arrays are in the precision of the settings; every objective is
 * evaluated in double at these weights. `free` gives its memory back.
 */
export class Trainer {
  readonly rate: LearningRate
  /** The objective is evaluated every so many epochs. */
  readonly period: number
  private readonly problem: Problem
  private readonly family: NetworkFamily
  private readonly loss: Loss
  private readonly memory: TrainingMemory
  /** X in the precision of training. */
  private readonly X: Matrix<RealArray>
  /** Of data with many more features than rows: the basis that the first layer is trained in. */
  private readonly rotation: RowSpace | null
  /** The arrays of the start in double: statistics and geometry stay theirs. */
  private readonly start: TrainedNetwork
  private readonly network: TrainedNetwork<RealArray>
  private readonly optimizer: Optimizer
  private readonly batches: Batches
  private readonly recorder: MeasureRecorder
  /** Running averages of the batch statistics, where there is batch normalisation. */
  private running: NamedArrays | null = null
  private readonly share: number
  /** The best iterate so far, in the basis of training. */
  private found: Iterate | null = null
  /** Where the run is: its epoch, whether that has begun, and the batches of it that are done. */
  private position: Position = { epoch: 0, begun: false, batch: 0 }
  /** ∇ℓ on all rows at the current weights, when `begin` has computed it already. */
  private pending: LossGradient | null = null

  constructor(problem: Problem, settings: SettingsOf<'sgd'>, seed: number) {
    const { X, Y, network } = problem
    const source = stream(seed)
    const initialization = { kind: settings.initialization, scale: settings.scale }
    const batchSize = settings.optimizer === 'gd' ? 'full' : settings.batchSize
    this.problem = problem
    this.family = NETWORKS[network.family]
    this.loss = LOSSES[problem.loss]
    this.start = this.family.initialize(shapeOf(problem), initialization, source.split('initialization'))
    const work = X.rows * this.family.hiddenWork(this.start)
    this.memory = new TrainingMemory(settings.precision, work)
    const rotated = worthRotating(problem, settings, work)
    this.rotation = rotated ? new RowSpace(X, matrixOf(this.start, 'W1')) : null
    this.network = this.memory.network(this.inBasis(this.start))
    const zeros = (length: number): RealArray => this.memory.zeros(length)
    this.optimizer = new Optimizer(settings.optimizer, settings, zeros)
    const rows = batchRows(X.rows, batchSize, source.split('batches'))
    this.X = this.memory.data(this.rotation?.X ?? X, rows.count === 1)
    this.batches = makeBatches(this.X, Y, rows, zeros)
    this.period = this.inDouble && this.batches.count === 1 ? 1 : evaluationPeriod(work, settings.precision)
    this.share = rows.count === 1 ? 1 : RUNNING_MOMENTUM
    this.rate = new LearningRate(settings.learningRate, settings.schedule, settings)
    const { epochs, precision } = settings
    this.recorder = new MeasureRecorder(problem, this.start, {
      epochs,
      batches: this.batches.count,
      precision,
    })
  }

  /** The best iterate whose objective was evaluated; null until one was finite. */
  get best(): Iterate | null {
    return this.found && { ...this.found, network: this.outOfBasis(this.found.network) }
  }

  /** The epoch that the run is in: 0 at the start, later in a resumed one. */
  get epoch(): number {
    return this.position.epoch
  }

  private get inDouble(): boolean {
    return this.X.data instanceof Float64Array
  }

  /**
   * The objective at the start of an epoch, where it is due and has not been said; in full-batch training in double a
   * by-product of the gradient.
   */
  begin(): number | undefined {
    const { epoch, begun } = this.position
    this.rate.begin(epoch)
    if (begun) return undefined
    this.position.begun = true
    if (epoch % this.period !== 0) return undefined
    if (!this.inDouble || this.batches.count > 1) return this.evaluate()
    const { Y, beta } = this.problem
    const network = this.network as TrainedNetwork
    this.pending = this.gradient({ X: this.X, Y }) as LossGradient
    return this.observe(network, this.pending.loss + beta * regularizer(network))
  }

  /** Measures of the current weights, where they are due. */
  measures(): StepMeasures | undefined {
    return this.recorder.isDue(this.epoch)
      ? this.recorder.measure(this.outOfBasis(this.inTrainedBasis()))
      : undefined
  }

  /** The objective at the current weights. */
  evaluate(): number {
    const { Y, loss, beta } = this.problem
    const network = this.inTrainedBasis()
    this.pending = null
    this.memory.rewind()
    const X = this.memory.evaluated(this.rotation?.X ?? this.problem.X)
    return this.observe(network, objective(network, X, Y, loss, beta))
  }

  /** The steps of the rest of the epoch; returns why it was left, or null at its end. */
  advance(stop: RunContext['stop']): StopReason | 'diverged' | null {
    const { beta } = this.problem
    const { position } = this
    const n = this.X.rows
    for (const batch of this.batches.epoch(position.epoch, position.batch)) {
      const reason = this.batches.count > 1 ? stop(position.epoch) : null
      if (reason) return reason
      const result = this.pending ?? this.gradient(batch)
      this.pending = null
      if (!Number.isFinite(result.loss)) return 'diverged'
      const scale = { learningRate: this.rate.value, rows: batch.X.rows, n, beta }
      applyUpdate(this.network, result.gradient, this.optimizer, scale)
      position.batch++
    }
    this.position = { epoch: position.epoch + 1, begun: false, batch: 0 }
    return null
  }

  /** All that a trainer of the same problem, settings and seed needs to go on as if there had been no pause; copied. */
  save(): TrainerState {
    return joinState({
      position: this.position,
      schedule: this.rate.state,
      network: this.network,
      optimizer: this.optimizer.save(),
      best: this.found,
      running: this.running,
    })
  }

  /** Goes on from what {@link save} gave. @throws BidualError bad-input for the state of another network */
  restore(state: TrainerState): void {
    const { position, schedule, weights, optimizer, best, running } = takeState(state, this.network)
    this.position = position
    this.rate.state = schedule
    for (const [name, { data }] of Object.entries(this.network.arrays)) data.set(weights[name].data)
    this.optimizer.restore(optimizer.updates, optimizer.arrays)
    this.found = best
    this.running = running
    this.pending = null
  }

  /** ∇ℓ of a batch at the current weights, valid until the next one; takes note of its statistics. */
  private gradient({ X, Y }: Batch): LossGradient<RealArray> {
    this.memory.rewind()
    const result = this.family.lossGradient(this.network, X, Y, this.loss, this.X.rows)
    if (result.statistics) this.running = runningAverages(this.running, result.statistics, this.share)
    return result
  }

  /** Ends the use of this trainer. */
  free(): void {
    this.memory.free()
  }

  /** The network in the basis of training. */
  private inBasis({ family, arrays }: TrainedNetwork): TrainedNetwork {
    const { rotation } = this
    return { family, arrays: rotation ? { ...arrays, W1: fromMatrix(rotation.start) } : arrays }
  }

  /** A network of this run as one on the data as they are. */
  private outOfBasis({ family, arrays }: TrainedNetwork): TrainedNetwork {
    const { rotation } = this
    if (!rotation) return { family, arrays }
    return {
      family,
      arrays: { ...arrays, W1: fromMatrix(rotation.restore(matrixOf({ family, arrays }, 'W1'))) },
    }
  }

  /**
   * The current weights in double, with the statistics of the start: shared where they are in double already. Their
   * objective is the same in the basis of training as on the data, and is evaluated there.
   */
  private inTrainedBasis(): TrainedNetwork {
    if (this.inDouble) return this.network as TrainedNetwork
    const { family, arrays } = convertNetwork(this.network, new Float64Array(0))
    const trained: NamedArrays = {}
    for (const { name } of parameters(this.network)) trained[name] = arrays[name]
    return { family, arrays: { ...this.start.arrays, ...trained } }
  }

  private observe(network: TrainedNetwork, value: number): number {
    const { epoch } = this.position
    if (value < (this.found?.objective ?? Infinity)) {
      const { family, arrays } = cloneNetwork(network)
      this.found = { network: { family, arrays: { ...arrays, ...this.running } }, objective: value, epoch }
    }
    this.rate.observe(epoch, value)
    return value
  }
}
