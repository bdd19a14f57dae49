import type { SettingsOf } from '../experiments/document.ts'

/** An improvement smaller than this, relative to the best objective, does not end a plateau. */
const RELATIVE_IMPROVEMENT = 1e-4

/** The learning rate of a run: constant, or multiplied by `factor` after `patience` epochs without improvement. */
export class LearningRate {
  value: number
  private readonly schedule: SettingsOf<'sgd'>['schedule']
  private best = Infinity
  private bestEpoch = 0

  constructor(value: number, schedule: SettingsOf<'sgd'>['schedule']) {
    this.value = value
    this.schedule = schedule
  }

  /** Takes note of the objective at the end of `epoch`. */
  observe(epoch: number, objective: number): void {
    if (!this.schedule) return
    if (objective < this.best - RELATIVE_IMPROVEMENT * Math.abs(this.best) || this.best === Infinity) {
      this.best = objective
      this.bestEpoch = epoch
    } else if (epoch - this.bestEpoch >= this.schedule.patience) {
      this.value *= this.schedule.factor
      this.bestEpoch = epoch
    }
  }
}
