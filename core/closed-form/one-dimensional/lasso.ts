/**
 * The squared loss over the 2p atoms without an intercept (B's program of THEORY 5.7), exactly:
 *
 *     min over c of ½Σ Wₖ(fₖ − zₖ)² + β‖c‖₁,   f = Φc,
 *
 * by an active set of independent atoms. On the set with its signs the minimiser is linear least squares; a coefficient
 * that would change sign stops the step and leaves. At the minimiser the atom that is priced highest above β joins; one
 * that depends on the set is exchanged for the first to vanish, as the fit stays and the size falls.
 */
import { axpy, dot, norm2 } from '../../linalg/products.ts'
import { OrthonormalBasis } from '../../linalg/orthonormal-basis.ts'
import { valuesAt, type Kink } from './kinks.ts'
import type { PathProblem } from './spline-path.ts'

/** A price above β by less than this share of the largest price, or of what the weights in use add up to, is rounding. */
const PRICED = 1e-13
const CANCELLED = 1e-15
const REFINEMENTS = 2
/** Steps an atom at most: more are a cycle of ties. */
const MOST = 12

export interface LassoSolution {
  status: 'solved' | 'stalled'
  kinks: Kink[]
}

interface Member {
  atom: number
  sign: number
  /** Of the unit column. */
  weight: number
}

/** @returns stalled where ties go round in a cycle; the point reached is then the best one found */
export function solveLasso(problem: PathProblem, beta: number): LassoSolution {
  const set = new ActiveSet(problem, beta)
  for (let step = 0; step < MOST * set.atoms; step++) {
    if (!set.descend()) continue
    if (!set.join()) return { status: 'solved', kinks: set.kinks() }
  }
  return { status: 'stalled', kinks: set.kinks() }
}

class ActiveSet {
  readonly atoms: number
  private readonly columns: Float64Array[]
  private readonly norms: Float64Array
  private readonly target: Float64Array
  private readonly beta: number
  private readonly members: Member[] = []
  private readonly basis = new OrthonormalBasis()
  private readonly top: number

  constructor({ points, weights, targets }: PathProblem, beta: number) {
    const p = points.length
    const roots = weights.map(Math.sqrt)
    this.atoms = 2 * p - 2
    this.columns = Array.from({ length: this.atoms }, (_, j) =>
      valuesAt(points, { kinks: [{ ...kinkOf(j, p), weight: 1 }], intercept: 0 }).map(
        (value, k) => roots[k] * value,
      ),
    )
    this.norms = Float64Array.from(this.columns, norm2)
    this.columns.forEach((column, j) => column.forEach((value, k) => (column[k] = value / this.norms[j])))
    this.target = targets.map((z, k) => roots[k] * z)
    this.beta = beta
    this.top = this.columns.reduce(
      (most, column, j) => Math.max(most, Math.abs(dot(column, this.target)) * this.norms[j]),
      0,
    )
  }

  /** Goes to the minimiser on the set; false when a coefficient vanished on the way and left. */
  descend(): boolean {
    const wanted = this.minimizer()
    let share = 1
    let leaving = -1
    this.members.forEach(({ sign, weight }, i) => {
      if (sign * wanted[i] > 0) return
      const reach = weight === 0 ? 0 : weight / (weight - wanted[i])
      if (reach < share || leaving < 0) [share, leaving] = [Math.min(share, reach), i]
    })
    this.members.forEach((member, i) => (member.weight += share * (wanted[i] - member.weight)))
    if (leaving < 0) return true
    this.drop(leaving)
    return false
  }

  /** Adds the atom priced highest above β; false when there is none. */
  join(): boolean {
    const residual = this.target.slice()
    for (const { atom, weight } of this.members) axpy(-weight, this.columns[atom], residual)
    const known = new Set(this.members.map(({ atom }) => atom))
    const total = this.members.reduce((sum, { weight }) => sum + Math.abs(weight), 0)
    let best = { atom: -1, price: this.beta + PRICED * this.top, sign: 0 }
    this.columns.forEach((column, atom) => {
      const price = dot(column, residual) * this.norms[atom]
      const rounding = CANCELLED * total * this.norms[atom]
      if (Math.abs(price) > Math.max(best.price, this.beta + rounding) && !known.has(atom)) {
        best = { atom, price: Math.abs(price), sign: Math.sign(price) }
      }
    })
    if (best.atom < 0) return false
    const member: Member = { atom: best.atom, sign: best.sign, weight: 0 }
    if (!this.basis.append(this.columns[best.atom].slice())) this.exchange(member)
    else this.members.push(member)
    return true
  }

  kinks(): Kink[] {
    const p = this.target.length
    return this.members
      .filter(({ weight }) => weight !== 0)
      .map(({ atom, weight }) => ({ ...kinkOf(atom, p), weight: weight / this.norms[atom] }))
  }

  /** The c with columnᵀ(target − Σ cⱼ·column) = sign·β/norm for every member. */
  private minimizer(): Float64Array {
    if (this.members.length === 0) return new Float64Array(0)
    const prices = this.members.map(({ atom, sign }) => (sign * this.beta) / this.norms[atom])
    const shifted = this.target.slice()
    axpy(-1, this.basis.representer(prices), shifted)
    const weights = this.basis.coefficients(shifted)
    for (let pass = 0; pass < REFINEMENTS; pass++) this.refine(weights, prices)
    return weights
  }

  /** Neighbouring kinks are nearly dependent: what rounding leaves of the prices is solved for again. */
  private refine(weights: Float64Array, prices: readonly number[]): void {
    const residual = this.target.slice()
    this.members.forEach(({ atom }, i) => axpy(-weights[i], this.columns[atom], residual))
    const missing = this.members.map(({ atom }, i) => dot(this.columns[atom], residual) - prices[i])
    axpy(1, this.basis.coefficients(this.basis.representer(missing)), weights)
  }

  /** A column that is a sum of the members: its weight grows at theirs until one of them vanishes. */
  private exchange(member: Member): void {
    const shares = this.basis.coefficients(this.columns[member.atom])
    let growth = Infinity
    let leaving = -1
    this.members.forEach(({ weight }, i) => {
      const rate = member.sign * shares[i]
      if (rate * this.members[i].sign <= 0 || weight / rate >= growth) return
      growth = weight / rate
      leaving = i
    })
    if (leaving < 0)
      throw new RangeError(
        'An atom priced above β depends on others without any end: the data are not finite.',
      )
    this.members.forEach((other, i) => (other.weight -= member.sign * growth * shares[i]))
    this.drop(leaving)
    this.basis.append(this.columns[member.atom].slice())
    this.members.push({ ...member, weight: member.sign * growth })
  }

  private drop(index: number): void {
    this.members.splice(index, 1)
    this.basis.remove(index)
  }
}

/** Atoms in a row: right ones at the points 0 … p − 2, then left ones at 1 … p − 1. */
const kinkOf = (atom: number, p: number): Omit<Kink, 'weight'> =>
  atom < p - 1 ? { side: 1, point: atom } : { side: -1, point: atom - p + 2 }
