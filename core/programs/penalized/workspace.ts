import type { Arena } from '../../kernels/arena.ts'
import type { Dense } from '../../kernels/staging.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { multiplySingle, rowNorms } from '../../linalg/products.ts'
import { blockCount, type PenalizedProgram } from './program.ts'
import { RowPatterns } from './row-patterns.ts'

type Single = Dense<Float32Array>

/** Entries of the products a_jᵀv_b that are held at a time (16 MiB in single precision). */
const CHUNK_ENTRIES = 2 ** 22

/** What the penalised program and the network recovered from its blocks are worth on all rows. */
export interface Evaluation {
  /** ℓ(F) + β Σ‖v‖ + ρ·violation, F the responses B·v. */
  penalized: number
  /** ℓ + β Σ‖v‖ of the network whose neurons respond with (A·v)₊. */
  objective: number
  /** Σ_b Σ_j (−(±a_jᵀv_b))₊. */
  violation: number
  /** The largest single violation over ‖a_j‖ and the size ‖v_b‖ of the largest block. */
  relativeViolation: number
}

/**
 * Blocks v_b as rows of one matrix V, so that the responses of a batch are one product A·Vᵀ and the gradient is another;
 * between them the patterns are read bit by bit. Products are in single precision, sums over cells and samples in double.
 * Nothing of size n×cells is kept but the bits.
 */
export class Workspace {
  /** One row a block. */
  readonly V: Single
  /** The gradient that {@link gradient} leaves, like V. */
  readonly G: Single
  readonly patterns: RowPatterns
  /** Samples that go through at a time. */
  readonly chunkSamples: number
  private readonly program: PenalizedProgram
  private readonly norms: Float64Array
  private readonly rowStore: Float32Array
  private readonly productStore: Float32Array

  /** @param arena that all arrays lie in; its owner frees it */
  constructor(program: PenalizedProgram, arena: Arena) {
    const { dictionary, Y } = program
    const blocks = blockCount(program)
    const { size, patches } = dictionary
    this.program = program
    this.patterns = new RowPatterns(dictionary.arrangement.patterns)
    this.norms = rowNorms(dictionary.A)
    this.chunkSamples = Math.max(
      1,
      Math.min(Y.rows, Math.floor(CHUNK_ENTRIES / (patches * Math.max(1, blocks)))),
    )
    this.V = { rows: blocks, cols: size, data: arena.float32(blocks * size) }
    this.G = { rows: blocks, cols: size, data: arena.float32(blocks * size) }
    this.rowStore = arena.float32(this.chunkSamples * patches * size)
    this.productStore = arena.float32(this.chunkSamples * patches * blocks)
  }

  /**
   * ∇(ℓ + ρ·violation) in V, summed over some samples, to G: the penalty ‖v‖ is left to the prox. The subgradient of a
   * violation at 0 is 0.
   *
   * @param samples any of 0 … n − 1
   * @returns ℓ + ρ·violation of these samples
   */
  gradient(samples: Int32Array): number {
    const { loss, penalty } = this.program
    this.G.data.fill(0)
    let value = 0
    for (const part of this.chunks(samples)) {
      const rows = this.gather(part)
      const Z = this.products(rows)
      const labels = this.labels(part)
      const { F, violation } = this.predict(part, Z)
      value += loss.value(F, labels) + penalty * violation
      this.slopes(part, loss.gradient(F, labels), Z)
      multiplySingle(Z, rows, this.G, { transposeA: true, beta: 1 })
    }
    return value
  }

  /** The program and the recovered network on all rows. */
  evaluate(): Evaluation {
    const { loss, beta, penalty, Y } = this.program
    const sizes = this.blockSizes()
    const total = { penalized: 0, objective: 0, violation: 0 }
    let worst = 0
    for (const part of this.chunks(Int32Array.from({ length: Y.rows }, (_, i) => i))) {
      const Z = this.products(this.gather(part))
      const labels = this.labels(part)
      const { F, violation } = this.predict(part, Z)
      total.penalized += loss.value(F, labels)
      total.violation += violation
      worst = Math.max(worst, this.worst(part, Z))
      total.objective += loss.value(this.rectified(part, Z), labels)
    }
    const size = beta * sizes.reduce((sum, value) => sum + value, 0)
    total.penalized += size + penalty * total.violation
    total.objective += size
    const largest = sizes.reduce((most, value) => Math.max(most, value), 0)
    return { ...total, relativeViolation: largest > 0 ? worst / largest : 0 }
  }

  /** ‖v_b‖ of every block. */
  private blockSizes(): Float64Array {
    const { rows, cols, data } = this.V
    return Float64Array.from({ length: rows }, (_, b) => {
      let sum = 0
      for (let at = b * cols; at < (b + 1) * cols; at++) sum += data[at] * data[at]
      return Math.sqrt(sum)
    })
  }

  private *chunks(samples: Int32Array): Generator<Int32Array> {
    for (let from = 0; from < samples.length; from += this.chunkSamples) {
      yield samples.subarray(from, from + this.chunkSamples)
    }
  }

  /** The rows of A of some samples. */
  private gather(samples: Int32Array): Single {
    const { A, patches } = this.program.dictionary
    const width = patches * A.cols
    const data = this.rowStore.subarray(0, samples.length * width)
    samples.forEach((sample, i) => {
      data.set(A.data.subarray(sample * width, (sample + 1) * width), i * width)
    })
    return { rows: samples.length * patches, cols: A.cols, data }
  }

  private labels(samples: Int32Array): Matrix {
    const { Y } = this.program
    const labels = Matrix.zeros(samples.length, Y.cols)
    samples.forEach((sample, i) => labels.row(i).set(Y.row(sample)))
    return labels
  }

  /** a_jᵀv_b, one row for each row of A. */
  private products(rows: Single): Single {
    const blocks = this.V.rows
    const Z = { rows: rows.rows, cols: blocks, data: this.productStore.subarray(0, rows.rows * blocks) }
    multiplySingle(rows, this.V, Z, { transposeB: true })
    return Z
  }

  /** F = Σ_b B_b·v_b g_bᵀ of some samples, and the sum of their violations. */
  private predict(samples: Int32Array, Z: Single): { F: Matrix; violation: number } {
    const K = this.program.Y.cols
    const F = Matrix.zeros(samples.length, K)
    let violation = 0
    this.forEachCell(samples, (i, active, at) => {
      for (let k = 0; k < K; k++) {
        const plus = Z.data[at + k]
        const minus = Z.data[at + K + k]
        if (active) {
          F.data[i * K + k] += plus - minus
          violation += Math.max(0, -plus) + Math.max(0, -minus)
        } else violation += Math.max(0, plus) + Math.max(0, minus)
      }
    })
    return { F, violation }
  }

  /** Σ_b (A·v_b)₊ g_bᵀ of some samples. */
  private rectified(samples: Int32Array, Z: Single): Matrix {
    const K = this.program.Y.cols
    const F = Matrix.zeros(samples.length, K)
    this.forEachCell(samples, (i, _active, at) => {
      for (let k = 0; k < K; k++)
        F.data[i * K + k] += Math.max(0, Z.data[at + k]) - Math.max(0, Z.data[at + K + k])
    })
    return F
  }

  /** Overwrites a_jᵀv_b by the derivative of ℓ + ρ·violation in it. */
  private slopes(samples: Int32Array, R: Matrix, Z: Single): void {
    const { Y, penalty } = this.program
    const K = Y.cols
    this.forEachCell(samples, (i, active, at) => {
      for (let k = 0; k < K; k++) {
        const [plus, minus] = [at + k, at + K + k]
        if (active) {
          const slope = R.data[i * K + k]
          Z.data[plus] = slope - (Z.data[plus] < 0 ? penalty : 0)
          Z.data[minus] = -slope - (Z.data[minus] < 0 ? penalty : 0)
        } else {
          Z.data[plus] = Z.data[plus] > 0 ? penalty : 0
          Z.data[minus] = Z.data[minus] > 0 ? penalty : 0
        }
      }
    })
  }

  /** The largest violation of some samples over the norm of its row. */
  private worst(samples: Int32Array, Z: Single): number {
    const { patches } = this.program.dictionary
    const blocks = 2 * this.program.Y.cols
    let worst = 0
    this.forEachCell(samples, (i, active, at, j) => {
      const norm = this.norms[samples[i] * patches + (j % patches)]
      for (let b = at; b < at + blocks; b++) {
        const excess = active ? -Z.data[b] : Z.data[b]
        if (excess > worst * norm) worst = excess / norm
      }
    })
    return worst
  }

  /**
   * Visits every cell on every row of some samples: the sample's place among them, whether the cell is active, where the
   * products of the cell's blocks begin, and the row's place.
   */
  private forEachCell(
    samples: Int32Array,
    visit: (i: number, active: boolean, at: number, j: number) => void,
  ): void {
    const { words, wordsPerRow, count } = this.patterns
    const { patches } = this.program.dictionary
    const blocks = 2 * this.program.Y.cols
    for (let j = 0, at = 0; j < samples.length * patches; j++) {
      const i = Math.floor(j / patches)
      const base = (samples[i] * patches + (j % patches)) * wordsPerRow
      for (let cell = 0; cell < count; cell++, at += blocks) {
        visit(i, ((words[base + (cell >>> 5)] >>> (cell & 31)) & 1) === 1, at, j)
      }
    }
  }
}
