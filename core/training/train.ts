import type { SettingsOf } from '../experiments/document.ts'
import type { MethodProgress, Problem, RunContext } from '../experiments/problem.ts'
import type { RunStatus } from '../experiments/result.ts'
import { refreshStatistics } from '../networks/index.ts'
import type { TrainerState } from './state.ts'
import { Trainer, type Iterate } from './trainer.ts'

export interface Trained {
  status: RunStatus
  /** Epochs completed. */
  epochs: number
  /**
   * The best iterate whose objective was evaluated; null if none was finite. It stores the statistics of all training rows
   * at its weights or, where the settings ask for them, the running averages when it was reached: predictions then differ
   * from the training response that the objective is of.
   */
  best: Iterate | null
  /** Learning rate at the end. */
  learningRate: number
  /** Where the run stands, to go on from. */
  state: TrainerState
}

/**
 * Gradient training of the document's network, from random weights drawn from `context.seed` alone.
 *
 * The trained function is the objective divided by n, so that learning rates do not depend on the number of rows;
 * every reported objective is the undivided one (THEORY §1) on the full training data, in double precision. Iteration k
 * of the history is the point after k epochs, iteration 0 the start. The stop flag is asked between epochs and between
 * batches.
 *
 * @param from the state of an earlier run of the same problem, settings and seed (any number of epochs): the two are
 * then, bit for bit, the run that was never interrupted
 * @yields once an epoch, with the objective where it was evaluated
 */
export function* train(
  problem: Problem,
  settings: SettingsOf<'sgd'>,
  context: RunContext,
  from: TrainerState | null = null,
): Generator<MethodProgress, Trained> {
  const trainer = new Trainer(problem, settings, context.seed)
  try {
    if (from) trainer.restore(from)
    const status = yield* epochs(trainer, settings.epochs, context)
    return {
      status,
      epochs: trainer.epoch,
      best: withStatistics(trainer.best, problem, settings),
      learningRate: trainer.rate.value,
      state: trainer.save(),
    }
  } finally {
    trainer.free()
  }
}

/** Epochs until `count` are done, or until there is another reason to end. */
function* epochs(
  trainer: Trainer,
  count: number,
  { stop }: RunContext,
): Generator<MethodProgress, RunStatus> {
  while (trainer.epoch < count) {
    const { epoch } = trainer
    const reason = stop(epoch)
    if (reason) return reason
    const objective = trainer.begin()
    if (diverged(objective)) return 'diverged'
    yield { iteration: epoch, objective, measures: trainer.measures(), fraction: epoch / count }
    const left = trainer.advance(stop)
    if (left) return left
  }
  const objective = trainer.evaluate()
  if (diverged(objective)) return 'diverged'
  yield { iteration: count, objective, measures: trainer.measures(), fraction: 1 }
  return 'maxIterations'
}

const diverged = (objective: number | undefined): boolean =>
  objective !== undefined && !Number.isFinite(objective)

function withStatistics(
  best: Iterate | null,
  { X }: Problem,
  { statistics }: SettingsOf<'sgd'>,
): Iterate | null {
  // Before the first batch there is nothing to average.
  if (statistics === 'running' && best && best.epoch > 0) return best
  return best && { ...best, network: refreshStatistics(best.network, X) }
}
