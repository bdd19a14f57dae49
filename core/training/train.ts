import type { SettingsOf } from '../experiments/document.ts'
import type { MethodProgress, Problem, RunContext } from '../experiments/problem.ts'
import type { RunStatus } from '../experiments/result.ts'
import { refreshStatistics } from '../networks/index.ts'
import { Trainer, type Iterate } from './trainer.ts'

export interface Trained {
  status: RunStatus
  /** Epochs completed. */
  epochs: number
  /** The best iterate whose objective was evaluated, with training statistics stored; null if none was finite. */
  best: Iterate | null
  /** Learning rate at the end. */
  learningRate: number
}

/**
 * Gradient training of the document's network, from random weights drawn from `context.seed` alone.
 *
 * The trained function is the objective divided by n, so that learning rates do not depend on the number of rows;
 * every reported objective is the undivided one (THEORY §1) on the full training data. Iteration k of the history is
 * the point after k epochs, iteration 0 the start. The stop flag is asked between epochs and between batches.
 *
 * @yields once an epoch, with the objective where it was evaluated
 */
export function* train(
  problem: Problem,
  settings: SettingsOf<'sgd'>,
  context: RunContext,
): Generator<MethodProgress, Trained> {
  const trainer = new Trainer(problem, settings, context.seed)
  const { epochs } = settings
  let epoch = 0
  let status: RunStatus | null = null
  while (status === null && epoch < epochs) {
    status = context.stop(epoch)
    if (status) break
    const objective = trainer.begin(epoch)
    status = diverged(objective)
    if (status) break
    yield { iteration: epoch, objective, fraction: epoch / epochs }
    status = trainer.advance(epoch, context.stop)
    if (!status) epoch++
  }
  if (!status) {
    const objective = trainer.evaluate(epochs)
    status = diverged(objective) ?? 'maxIterations'
    if (status === 'maxIterations') yield { iteration: epochs, objective, fraction: 1 }
  }
  return {
    status,
    epochs: epoch,
    best: withStatistics(trainer.best, problem),
    learningRate: trainer.rate.value,
  }
}

function diverged(objective: number | undefined): 'diverged' | null {
  return objective === undefined || Number.isFinite(objective) ? null : 'diverged'
}

function withStatistics(best: Iterate | null, { X }: Problem): Iterate | null {
  return best && { ...best, network: refreshStatistics(best.network, X) }
}
