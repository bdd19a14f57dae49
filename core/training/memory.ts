import type { SettingsOf } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Arena } from '../kernels/arena.ts'
import { clear } from '../kernels/elementwise.ts'
import { engine } from '../kernels/engine.ts'
import { Matrix, zerosAlike, type Place, type RealArray } from '../linalg/matrix.ts'

type Precision = SettingsOf<'sgd'>['precision']

const LIKE: Readonly<Record<Precision, RealArray>> = { f64: new Float64Array(0), f32: new Float32Array(0) }

/** Multiply–adds an epoch from which arrays are worth a place in the kernel memory, where products need no copies. */
const WORTH_AN_ARENA = 1e7

/** Bytes of data in double up to which a copy in the kernel memory is made for training that reads all of it at once. */
const AFFORDED_COPY = 128 << 20

/**
 * Where the arrays of a training run are: of one precision, and in the kernel memory when the problem is large. Some
 * live as long as the run; what is made from the data, for one gradient, lives until `rewind`.
 */
export class TrainingMemory {
  private readonly like: RealArray
  private readonly kept: Arena | null = null
  private readonly passing: Arena | null = null

  /** @param work multiply–adds of the hidden layers for all rows */
  constructor(precision: Precision, work: number) {
    this.like = LIKE[precision]
    if (work < WORTH_AN_ARENA) return
    this.kept = engine().arena()
    this.passing = engine().arena()
  }

  /** `length` zeros, for the whole run. */
  zeros(length: number): RealArray {
    return this.kept ? cleared(this.kept.alike(this.like, length)) : zerosAlike(this.like, length)
  }

  /** A copy of the network. */
  network({ family, arrays }: TrainedNetwork): TrainedNetwork<RealArray> {
    const entries = Object.entries(arrays).map(([name, { shape, data }]) => [
      name,
      { shape, data: this.copy(data) },
    ])
    return { family, arrays: Object.fromEntries(entries) as TrainedNetwork<RealArray>['arrays'] }
  }

  /**
   * A in this precision, with the place of what is made from it; not copied without need.
   *
   * @param whole whether all rows are used at once, and not gathered in batches
   */
  data(A: Matrix, whole: boolean): Matrix<RealArray> {
    const copied =
      this.like instanceof Float32Array || (this.kept && whole && A.data.byteLength <= AFFORDED_COPY)
    return new Matrix(A.rows, A.cols, copied ? this.copy(A.data) : A.data, this.place(this.like))
  }

  /** A for an evaluation in double, with a place for what is made from it until the next `rewind`; not copied. */
  evaluated(A: Matrix): Matrix {
    return new Matrix(A.rows, A.cols, A.data, this.place(LIKE.f64) as Place<Float64Array> | null)
  }

  /** The next gradient is about to be computed: all that was made for the last one goes. */
  rewind(): void {
    this.passing?.rewind()
  }

  /** Gives everything back. */
  free(): void {
    this.kept?.free()
    this.passing?.free()
  }

  private place(like: RealArray): Place | null {
    const { passing } = this
    if (!passing) return null
    const room = (length: number): RealArray => passing.alike(like, length)
    const scoped: Place['scoped'] = (body) => {
      const mark = passing.mark()
      try {
        return body()
      } finally {
        passing.rewind(mark)
      }
    }
    return { room, zeros: (length) => cleared(room(length)), scoped }
  }

  private copy(values: RealArray): RealArray {
    const copy = this.kept ? this.kept.alike(this.like, values.length) : zerosAlike(this.like, values.length)
    copy.set(values)
    return copy
  }
}

function cleared(array: RealArray): RealArray {
  clear(array)
  return array
}
