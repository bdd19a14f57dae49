import type { BlockList } from './program.ts'

/** Output directions closer than this (‖g − h‖²/2) are one. */
const SAME_DIRECTION = 1e-15

/** ‖g − h‖²/2, written so that it is 0 at g = h however far their lengths are from 1 by rounding. */
function halfSquare(g: Float64Array, h: Float64Array): number {
  let sum = 0
  for (let k = 0; k < g.length; k++) sum += (g[k] - h[k]) ** 2
  return sum / 2
}

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

  /** All blocks in the order in which they were added. */
  get blocks(): { cells: readonly number[]; outputs: readonly Float64Array[] } {
    return { cells: this.cells, outputs: this.outputs }
  }

  /** Adds the blocks that are not there; false when they are then not these, in this order, all of cells below `count`. */
  complete(cells: readonly number[], outputs: readonly Float64Array[], count: number): boolean {
    return cells.every((cell, i) => {
      const exists = Number.isInteger(cell) && cell >= 0 && cell < count
      return exists && (this.add(cell, outputs[i]) || this.find(cell, outputs[i]) === i)
    })
  }

  /** The block of a cell with that unit output direction (K entries), −1 when there is none. */
  find(cell: number, output: Float64Array): number {
    const known = this.ofCell.get(cell) ?? []
    return known.find((block) => halfSquare(this.outputs[block], output) <= SAME_DIRECTION) ?? -1
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
