import type { SettingsOf } from '../experiments/document.ts'

/** An improvement smaller than this, relative to the best objective, does not end a plateau. */
const RELATIVE_IMPROVEMENT = 1e-4

type Schedule = NonNullable<SettingsOf<'sgd'>['schedule']>

/** The plateau of the penalised program is the same without its kind. */
type Settings = (Partial<Schedule> & Pick<Schedule, 'factor' | 'patience'>) | null

/** What a schedule remembers; all that a resumed run needs. */
export interface ScheduleState {
  /** What plateaus have made of the learning rate, as a factor. */
  reduced: number
  /** The objective that counts as the best, and since when. */
  best: number
  bestEpoch: number
}

/** The factor of the learning rate in an epoch, of schedules that know it beforehand. */
const SHAPES: Readonly<
  Record<Schedule['kind'], (epoch: number, epochs: number, settings: Schedule) => number>
> = {
  plateau: () => 1,
  step: (epoch, _epochs, { factor, every }) => factor ** Math.floor(epoch / every),
  cosine: (epoch, epochs) => 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs)),
}

/**
 * The learning rate of a run, by epoch: constant; multiplied by `factor` after `patience` epochs without improvement
 * (plateau) or `every` so many epochs (step); or half a cosine from the full rate towards 0 at the last epoch. A warm-up
 * comes on top: over the first epochs the rate grows in equal steps.
 */
export class LearningRate {
  state: ScheduleState = { reduced: 1, best: Infinity, bestEpoch: 0 }
  private readonly base: number
  private readonly schedule: Settings
  private readonly epochs: number
  private readonly warmup: number
  private epoch = 0

  constructor(base: number, schedule: Settings, { epochs = 1, warmup = 0 } = {}) {
    this.base = base
    this.schedule = schedule
    this.epochs = epochs
    this.warmup = warmup
  }

  /** In the epoch that has begun. */
  get value(): number {
    return this.base * this.state.reduced * this.shape() * Math.min(1, (this.epoch + 1) / (this.warmup + 1))
  }

  /** Epoch `epoch` begins. */
  begin(epoch: number): void {
    this.epoch = epoch
  }

  /** Takes note of the objective at the start of `epoch`. */
  observe(epoch: number, objective: number): void {
    if (!this.schedule || (this.schedule.kind ?? 'plateau') !== 'plateau') return
    const { best, bestEpoch } = this.state
    if (objective < best - RELATIVE_IMPROVEMENT * Math.abs(best) || best === Infinity) {
      this.state = { ...this.state, best: objective, bestEpoch: epoch }
    } else if (epoch - bestEpoch >= this.schedule.patience) {
      const reduced = this.state.reduced * this.schedule.factor
      this.state = { reduced, best, bestEpoch: epoch }
    }
  }

  private shape(): number {
    const { schedule } = this
    return schedule?.kind ? SHAPES[schedule.kind](this.epoch, this.epochs, schedule as Schedule) : 1
  }
}
