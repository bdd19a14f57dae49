import { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import type { Atom } from './family.ts'

/** Atoms that predict something. */
export const nonZero = (atoms: readonly Atom[]): Atom[] => atoms.filter(({ c }) => norm2(c) > 0)

/** The d×m matrix whose column j is a vector times a number that belong to atom j. */
export function columnsOf(
  d: number,
  atoms: readonly Atom[],
  column: (atom: Atom) => readonly [vector: Float64Array, scale: number],
): Matrix {
  const W = Matrix.zeros(d, atoms.length)
  atoms.forEach((atom, j) => {
    const [vector, scale] = column(atom)
    for (let i = 0; i < d; i++) W.set(i, j, scale * vector[i])
  })
  return W
}

/** The m×K matrix whose row j is c_j times a number that belongs to atom j. */
export function outputRows(K: number, atoms: readonly Atom[], scaleOf: (atom: Atom) => number): Matrix {
  const W = Matrix.zeros(atoms.length, K)
  atoms.forEach((atom, j) => {
    const scale = scaleOf(atom)
    W.row(j).set(atom.c.map((value) => scale * value))
  })
  return W
}
