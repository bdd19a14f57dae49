import { Matrix } from '../linalg/matrix.ts'
import { dot, rowNorms, scale } from '../linalg/products.ts'
import { linearize, stack, type Atom, type AtomFamily } from './family.ts'
import type { AtomSet } from './slide.ts'

/** Responses this close in angle are one atom. */
const COLLINEAR = 1e-10
/** Output weights below this share of the largest are rounding. */
const NEGLIGIBLE = 1e-13

/** Atoms in use with their responses. */
export interface ActiveAtoms extends AtomSet {
  /** n×m: column j is φ(θⱼ). */
  readonly Phi: Matrix
}

/** Atoms with the responses of their family; B is zero where it is not given. */
export function withResponses(family: AtomFamily, { thetas, C, B }: AtomSet): ActiveAtoms {
  return { thetas, C, B, Phi: linearize(family, stack(family, thetas)).responses }
}

/** The atom set of a list; B is zero. */
export function atomSet(family: AtomFamily, atoms: readonly Atom[]): AtomSet {
  const C = Matrix.zeros(atoms.length, family.outputs)
  const thetas = atoms.map(({ theta, c }, j) => {
    const unit = theta.slice()
    C.row(j).set(c)
    scale(family.normalize(unit), C.row(j))
    return unit
  })
  return { thetas, C, B: Matrix.zeros(family.free?.cols ?? 0, family.outputs) }
}

/** The atoms of a set, one by one. */
export function listAtoms({ thetas, C }: AtomSet): Atom[] {
  return thetas.map((theta, j) => ({ theta, c: C.row(j).slice() }))
}

/** Both sets side by side; `more` gets zero output weights. */
export function joined(
  atoms: ActiveAtoms,
  more: { thetas: readonly Float64Array[]; Phi: Matrix },
): ActiveAtoms {
  const m = atoms.thetas.length
  const C = Matrix.zeros(m + more.thetas.length, atoms.C.cols)
  C.data.set(atoms.C.data)
  const Phi = Matrix.zeros(atoms.Phi.rows, C.rows)
  for (let i = 0; i < Phi.rows; i++) {
    Phi.row(i).set(atoms.Phi.row(i))
    Phi.row(i).set(more.Phi.row(i), m)
  }
  return { thetas: [...atoms.thetas, ...more.thetas], C, B: atoms.B, Phi }
}

/** Without atoms of no weight; atoms whose responses are positive multiples of each other are added up. */
export function pruned(atoms: ActiveAtoms): ActiveAtoms {
  const { thetas, B, Phi } = atoms
  const C = atoms.C.clone()
  const sizes = rowNorms(C)
  const least = NEGLIGIBLE * sizes.reduce((a, b) => Math.max(a, b), 0)
  const columns = Phi.transpose()
  const lengths = rowNorms(columns)
  const kept: number[] = []
  const bySize = [...sizes.keys()].filter((j) => sizes[j] > least && lengths[j] > 0)
  for (const j of bySize.sort((p, q) => sizes[q] - sizes[p])) {
    const twin = kept.find(
      (k) => dot(columns.row(j), columns.row(k)) > (1 - COLLINEAR) * lengths[j] * lengths[k],
    )
    if (twin === undefined) kept.push(j)
    else C.row(j).forEach((value, k) => void (C.row(twin)[k] += (lengths[j] / lengths[twin]) * value))
  }
  const rows = (M: Matrix): Matrix => {
    const picked = Matrix.zeros(kept.length, M.cols)
    kept.forEach((j, a) => picked.row(a).set(M.row(j)))
    return picked
  }
  return { thetas: kept.map((j) => thetas[j]), C: rows(C), B, Phi: rows(columns).transpose() }
}
