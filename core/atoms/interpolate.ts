import { Matrix } from '../linalg/matrix.ts'
import { combine, norm2 } from '../linalg/products.ts'
import { leastSquares } from '../linalg/svd.ts'
import type { Stream } from '../random/index.ts'
import { joined, type ActiveAtoms } from './active-atoms.ts'
import type { AtomFamily } from './family.ts'
import { predictMaster } from './master-problem.ts'
import { searchMaxima } from './search.ts'

/** ‖F − Y‖ up to this share of ‖Y‖ interpolates. */
const FITTED = 1e-11
const STARTS = 40
/** Atoms that join in one round at most. */
const MOST_NEW = 20

/**
 * Adds atoms until some output weights interpolate Y: those that the residual of the least-squares fit prices highest
 * (orthogonal matching pursuit). Where the equality loss starts from.
 *
 * @returns the atoms with interpolating output weights, or null when the residual is orthogonal to all atoms found
 */
export function interpolated(
  family: AtomFamily,
  start: ActiveAtoms,
  Y: Matrix,
  stream: Stream,
): ActiveAtoms | null {
  let atoms = start
  for (let round = 0; ; round++) {
    atoms = fitted(atoms, family.free, Y)
    const R = combine(1, Y, -1, predictMaster({ Phi: atoms.Phi, free: family.free }, atoms.C, atoms.B))
    const miss = norm2(R.data)
    if (miss <= FITTED * norm2(Y.data)) return atoms
    const found = searchMaxima(family, R, stream.split(round), { starts: STARTS }).filter(
      ({ value, response }) => value > 1e-6 * miss * norm2(response),
    )
    if (found.length === 0 || round > Y.rows) return null
    const news = found.slice(0, MOST_NEW)
    atoms = joined(atoms, {
      thetas: news.map(({ theta }) => theta),
      Phi: Matrix.fromRows(news.map(({ response }) => response)).transpose(),
    })
  }
}

/** The same atoms with least-squares output weights, free ones included. */
function fitted(atoms: ActiveAtoms, free: Matrix | null, Y: Matrix): ActiveAtoms {
  const m = atoms.thetas.length
  const q = free?.cols ?? 0
  if (m + q === 0) return atoms
  const features = Matrix.zeros(Y.rows, m + q)
  for (let i = 0; i < Y.rows; i++) {
    features.row(i).set(atoms.Phi.row(i))
    if (free) features.row(i).set(free.row(i), m)
  }
  const W = leastSquares(features, Y)
  const part = (first: number, rows: number): Matrix =>
    new Matrix(rows, Y.cols, W.data.slice(first * Y.cols, (first + rows) * Y.cols))
  return { ...atoms, C: part(0, m), B: part(m, q) }
}
