import { dot } from '../linalg/products.ts'
import type { BlockList } from './program.ts'

/** Output directions closer than this (‖g − h‖²/2) are one. */
const SAME_DIRECTION = 1e-15

/** The blocks of a program that grows: pairs of a cell and a unit output direction, each once. */
export class BlockTable implements BlockList {
  private readonly cells: number[] = []
  private readonly outputs: Float64Array[] = []
  private readonly ofCell = new Map<number, number[]>()

  get count(): number {
    return this.cells.length
  }

  cell(block: number): number {
    return this.cells[block]
  }

  output(block: number): Float64Array {
    return this.outputs[block]
  }

  /** The block of a cell with that unit output direction (K entries), −1 when there is none. */
  find(cell: number, output: Float64Array): number {
    const known = this.ofCell.get(cell) ?? []
    return known.find((block) => 1 - dot(this.outputs[block], output) <= SAME_DIRECTION) ?? -1
  }

  /** Adds a block; false when it was there already. */
  add(cell: number, output: Float64Array): boolean {
    if (this.find(cell, output) >= 0) return false
    const known = this.ofCell.get(cell)
    if (known) known.push(this.count)
    else this.ofCell.set(cell, [this.count])
    this.cells.push(cell)
    this.outputs.push(output)
    return true
  }
}
