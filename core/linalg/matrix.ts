/** Entries in double or in single precision. */
export type RealArray = Float64Array | Float32Array

/** Where arrays of one precision are made. */
export interface Place<T extends RealArray = RealArray> {
  /** `length` zeros. */
  zeros(length: number): T
  /** `length` entries of undefined content: for arrays that are written before they are read. */
  room(length: number): T
  /** Runs `body`; the place of all arrays that it made is then free for others. */
  scoped<R>(body: () => R): R
}

/** `length` zeros of the precision of `like`. */
export function zerosAlike<T extends RealArray>(like: T, length: number): T {
  return (like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)) as T
}

/**
 * A dense real matrix: a row-major view on a buffer that it does not own.
 *
 * Entry (i, j) is `data[i * cols + j]`. The buffer may be shared memory, so that workers read one copy. Double precision
 * unless the type says otherwise. What is made from a matrix has its precision, and its place if it has one: whoever
 * makes the first matrix says where the others are.
 */
export class Matrix<T extends RealArray = Float64Array> {
  readonly rows: number
  readonly cols: number
  readonly data: T
  readonly place: Place<T> | null

  /** @throws RangeError when `data.length !== rows * cols`. */
  constructor(rows: number, cols: number, data: T, place: Place<T> | null = null) {
    if (data.length !== rows * cols) {
      throw new RangeError(`Expected ${rows}×${cols} = ${rows * cols} entries, found ${data.length}.`)
    }
    this.rows = rows
    this.cols = cols
    this.data = data
    this.place = place
  }

  static zeros(rows: number, cols: number): Matrix {
    return new Matrix(rows, cols, new Float64Array(rows * cols))
  }

  /** @param rows equally long rows; an empty list gives a 0×0 matrix. */
  static fromRows(rows: readonly ArrayLike<number>[]): Matrix {
    const cols = rows[0]?.length ?? 0
    const result = Matrix.zeros(rows.length, cols)
    rows.forEach((row, i) => {
      if (row.length !== cols) throw new RangeError(`Row ${i} has ${row.length} entries, row 0 has ${cols}.`)
      result.data.set(row, i * cols)
    })
    return result
  }

  /** A n×1 view on `values` (no copy). */
  static column(values: Float64Array): Matrix {
    return new Matrix(values.length, 1, values)
  }

  get(i: number, j: number): number {
    return this.data[i * this.cols + j]
  }

  set(i: number, j: number, value: number): void {
    this.data[i * this.cols + j] = value
  }

  /** Row i as a view (writes go through). */
  row(i: number): T {
    return this.data.subarray(i * this.cols, (i + 1) * this.cols) as T
  }

  /** Column j as a copy. */
  columnCopy(j: number): Float64Array {
    return Float64Array.from({ length: this.rows }, (_, i) => this.data[i * this.cols + j])
  }

  clone(): Matrix<T> {
    const copy = this.roomAlike(this.rows, this.cols)
    copy.data.set(this.data)
    return copy
  }

  /** Zeros of this precision in this place. */
  zerosAlike(rows: number, cols: number): Matrix<T> {
    const { place } = this
    const data = place ? place.zeros(rows * cols) : zerosAlike(this.data, rows * cols)
    return new Matrix(rows, cols, data, place)
  }

  /** The same for a matrix that is written before it is read: its content is undefined. */
  roomAlike(rows: number, cols: number): Matrix<T> {
    const { place } = this
    const data = place ? place.room(rows * cols) : zerosAlike(this.data, rows * cols)
    return new Matrix(rows, cols, data, place)
  }

  /** Runs `body`; nothing that it made in the place of this matrix may be used afterwards. */
  scoped<R>(body: () => R): R {
    return this.place ? this.place.scoped(body) : body()
  }

  transpose(): Matrix<T> {
    const result = this.roomAlike(this.cols, this.rows)
    for (let i = 0; i < this.rows; i++) {
      for (let j = 0; j < this.cols; j++) result.data[j * this.rows + i] = this.data[i * this.cols + j]
    }
    return result
  }
}
