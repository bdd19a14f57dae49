/** Tells when a positive measure of progress has not fallen by a per cent for a number of looks. */
export class StallDetector {
  private best = Infinity
  private idle = 0
  private readonly patience: number

  constructor(patience: number) {
    this.patience = patience
  }

  /** Records the next value; true when the patience is used up. */
  stalled(value: number): boolean {
    if (value < 0.99 * this.best) {
      this.best = value
      this.idle = 0
      return false
    }
    this.idle++
    return this.idle >= this.patience
  }
}
