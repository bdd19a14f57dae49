import type { SettingsOf } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Arena } from '../kernels/arena.ts'
import { engine } from '../kernels/engine.ts'
import { Matrix, zerosAlike, type RealArray } from '../linalg/matrix.ts'

type Precision = SettingsOf<'sgd'>['precision']

const LIKE: Readonly<Record<Precision, RealArray>> = { f64: new Float64Array(0), f32: new Float32Array(0) }

/** Multiply–adds an epoch from which arrays are worth a place in the kernel memory, where products need no copies. */
const WORTH_AN_ARENA = 1e7

/** Where the long-lived arrays of a training run are: of one precision, in the kernel memory when the problem is large. */
export class TrainingMemory {
  private readonly like: RealArray
  private readonly arena: Arena | null

  /** @param work multiply–adds of the hidden layers for all rows */
  constructor(precision: Precision, work: number) {
    this.like = LIKE[precision]
    this.arena = work >= WORTH_AN_ARENA ? engine().arena() : null
  }

  /** `length` zeros. */
  zeros(length: number): RealArray {
    if (!this.arena) return zerosAlike(this.like, length)
    return this.like instanceof Float32Array ? this.arena.float32(length) : this.arena.float64(length)
  }

  /** A copy of the network. */
  network({ family, arrays }: TrainedNetwork): TrainedNetwork<RealArray> {
    const entries = Object.entries(arrays).map(([name, { shape, data }]) => [
      name,
      { shape, data: this.copy(data) },
    ])
    return { family, arrays: Object.fromEntries(entries) as TrainedNetwork<RealArray>['arrays'] }
  }

  /** A in this precision: itself where it is in it. */
  data(A: Matrix): Matrix<RealArray> {
    return this.like instanceof Float64Array ? A : new Matrix(A.rows, A.cols, this.copy(A.data))
  }

  /** Gives everything back. */
  free(): void {
    this.arena?.free()
  }

  private copy(values: RealArray): RealArray {
    const copy = this.zeros(values.length)
    copy.set(values)
    return copy
  }
}
