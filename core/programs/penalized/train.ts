import type { SettingsOf } from '../../experiments/document.ts'
import type { MethodProgress, RunContext } from '../../experiments/problem.ts'
import type { RunStatus, StepMeasures } from '../../experiments/result.ts'
import type { Arena } from '../../kernels/arena.ts'
import { engine } from '../../kernels/engine.ts'
import { stream, type Stream } from '../../random/index.ts'
import { batchRows } from '../../training/batches.ts'
import { evaluationPeriod } from '../../training/evaluation.ts'
import { LearningRate } from '../../training/schedule.ts'
import { blockCount, type PenalizedProgram } from './program.ts'
import { heavyBall, proximalAdam, type ProxStep } from './prox-steps.ts'
import { stepUnits, type StepUnits } from './step-units.ts'
import { Workspace, type Evaluation } from './workspace.ts'

type Settings = SettingsOf<'penalized'>

/** The best iterate, by the objective of the recovered network. */
export interface PenalizedIterate extends Evaluation {
  /** One row a block. */
  V: Float32Array
  epoch: number
}

export interface PenalizedResult {
  status: RunStatus
  /** Epochs completed. */
  epochs: number
  best: PenalizedIterate | null
  /** At the end, in units of the rule (see StepUnits). */
  learningRate: number
}

/** Which rule an optimizer is, and which unit its learning rate has. */
const RULES: Readonly<
  Record<
    Settings['optimizer'],
    { unit: keyof StepUnits; make: (shape: Workspace['V'], momentum: number) => ProxStep }
  >
> = {
  sgd: { unit: 'gradient', make: (shape) => heavyBall(shape, 0) },
  momentum: { unit: 'gradient', make: heavyBall },
  adam: { unit: 'entry', make: proximalAdam },
}

/**
 * Proximal SGD or Adam on the penalised program divided by n, from V = 0. Iteration k of the history is the point after k
 * epochs, its objective that of the recovered network on all rows.
 *
 * @param measure of the blocks after an epoch, where they are to be measured
 * @yields once an epoch, with the objective where it was evaluated
 */
export function* trainPenalized(
  program: PenalizedProgram,
  settings: Settings,
  { seed, stop }: Pick<RunContext, 'seed' | 'stop'>,
  measure?: (epoch: number, V: Float32Array) => StepMeasures | undefined,
): Generator<MethodProgress, PenalizedResult> {
  const arena = engine().arena()
  try {
    const training = new Training(program, settings, arena, stream(seed))
    let status: RunStatus | null = null
    let epoch = 0
    for (; ; epoch++) {
      const isLast = epoch === settings.epochs
      const objective = training.evaluate(epoch, isLast)
      if (objective !== undefined && !Number.isFinite(objective)) status = 'diverged'
      else {
        const measures = measure?.(epoch, training.V)
        yield { iteration: epoch, objective, measures, fraction: epoch / settings.epochs, phase: 'training' }
      }
      status ??= isLast ? 'maxIterations' : stop(epoch)
      status ??= training.advance(epoch, stop)
      if (status) break
    }
    return { status, epochs: epoch, best: training.best, learningRate: training.rate.value }
  } finally {
    arena.free()
  }
}

class Training {
  best: PenalizedIterate | null = null
  readonly rate: LearningRate
  private readonly program: PenalizedProgram
  private readonly workspace: Workspace
  private readonly rule: ProxStep
  private readonly unit: number
  private readonly batches: ReturnType<typeof batchRows>
  private readonly period: number

  constructor(program: PenalizedProgram, settings: Settings, arena: Arena, source: Stream) {
    const { dictionary } = program
    const { unit, make } = RULES[settings.optimizer]
    this.program = program
    this.workspace = new Workspace(program, arena)
    this.rule = make(this.workspace.V, settings.momentum)
    this.unit = stepUnits(program, this.workspace.patterns, source.split('units'))[unit]
    this.rate = new LearningRate(settings.learningRate, settings.schedule)
    this.batches = batchRows(dictionary.rows, settings.batchSize, source.split('batches'))
    this.period = evaluationPeriod(dictionary.A.data.length * blockCount(program))
  }

  /** One row a block. */
  get V(): Float32Array {
    return this.workspace.V.data
  }

  /** The objective of the recovered network, where it is due. */
  evaluate(epoch: number, due: boolean): number | undefined {
    if (!due && epoch % this.period > 0) return undefined
    const evaluation = this.workspace.evaluate()
    if (evaluation.objective < (this.best?.objective ?? Infinity)) {
      this.best = { ...evaluation, V: this.workspace.V.data.slice(), epoch }
    }
    this.rate.observe(epoch, evaluation.penalized)
    return evaluation.objective
  }

  /** The steps of one epoch; returns why it was left, or null at its end. */
  advance(epoch: number, stop: RunContext['stop']): RunStatus | null {
    const { program, workspace, rule, unit, rate } = this
    for (const samples of this.batches.epoch(epoch)) {
      const reason = this.batches.count > 1 ? stop(epoch) : null
      if (reason) return reason
      if (!Number.isFinite(workspace.gradient(samples))) return 'diverged'
      rule.step(workspace.V, workspace.G, {
        scale: 1 / samples.length,
        rate: rate.value * unit,
        threshold: program.beta / program.dictionary.rows,
      })
    }
    return null
  }
}
