/** Gives the numbers of some values in the order of the values, largest first, equal ones by number; sorts only as far as asked. */
export class Descending {
  private readonly values: Float64Array
  private readonly heap: Int32Array
  private size: number

  /** @param numbers indices into `values`, ascending; values may change once their number has been taken */
  constructor(values: Float64Array, numbers: ArrayLike<number>) {
    this.values = values
    this.heap = Int32Array.from(numbers)
    this.size = numbers.length
    for (let at = (this.size >> 1) - 1; at >= 0; at--) this.sink(at)
  }

  /** The number of the largest value that is left, −1 when none is. */
  take(): number {
    if (this.size === 0) return -1
    const [top] = this.heap
    this.size--
    this.heap[0] = this.heap[this.size]
    this.sink(0)
    return top
  }

  private sink(from: number): void {
    const { heap, size } = this
    let at = from
    for (;;) {
      let first = at
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < size; child++) {
        if (this.precedes(heap[child], heap[first])) first = child
      }
      if (first === at) return
      const moved = heap[at]
      heap[at] = heap[first]
      heap[first] = moved
      at = first
    }
  }

  private precedes(a: number, b: number): boolean {
    const difference = this.values[a] - this.values[b]
    return difference > 0 || (difference === 0 && a < b)
  }
}
