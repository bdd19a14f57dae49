import type { Matrix } from '../../linalg/matrix.ts'
import { axpy, dot, norm2 } from '../../linalg/products.ts'
import { respond, type UnitNeuron } from './neuron.ts'

/** Responses whose angle has a cosine this close to 1 are the same neuron. */
const SAME = 1e-14

/** A neuron with its response and output weight. */
export interface Column {
  readonly neuron: UnitNeuron
  /** (Au + b1)₊, n entries. */
  readonly response: Float64Array
  weight: number
}

/** The neurons that the program is solved over: columns of Φ with their output weights. */
export class CutSet {
  readonly columns: Column[] = []
  private readonly A: Matrix

  /** @param A n×r */
  constructor(A: Matrix) {
    this.A = A
  }

  /** Adds neurons that are not there yet, without weight; returns their columns. */
  add(neurons: readonly UnitNeuron[]): Column[] {
    const before = this.columns.length
    for (const neuron of neurons) {
      const response = respond(this.A, neuron)
      const size = norm2(response)
      const known = this.columns.some(
        (column) => dot(column.response, response) >= (1 - SAME) * size * norm2(column.response),
      )
      if (size > 0 && !known) this.columns.push({ neuron, response, weight: 0 })
    }
    return this.columns.slice(before)
  }

  /** The columns with weight, those of one cell and sign as one neuron: the same predictions at no larger cost. */
  merged(): Column[] {
    const groups = new Map<string, Column[]>()
    for (const column of this.columns.filter(({ weight }) => weight !== 0)) {
      const key = `${column.neuron.cell} ${Math.sign(column.weight)}`
      groups.set(key, [...(groups.get(key) ?? []), column])
    }
    return [...groups.values()].map((group) => (group.length === 1 ? group[0] : this.sumOf(group)))
  }

  private sumOf(group: readonly Column[]): Column {
    const u = new Float64Array(this.A.cols)
    let b = 0
    for (const { neuron, weight } of group) {
      axpy(Math.abs(weight), neuron.u, u)
      b += Math.abs(weight) * neuron.b
    }
    const size = norm2(u)
    const neuron = { u: u.map((value) => value / size), b: b / size, cell: group[0].neuron.cell }
    const weight = Math.sign(group[0].weight) * size
    return { neuron, response: respond(this.A, neuron), weight }
  }
}
