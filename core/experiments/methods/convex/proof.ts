import { unitAtomBound } from '../../../certificates/cheap-bound.ts'
import { networkBound } from '../../../certificates/network-bound.ts'
import { scaledDualPoint } from '../../../certificates/scaling.ts'
import { Matrix } from '../../../linalg/matrix.ts'
import { priceDirections } from '../../../programs/cell-oracle.ts'
import type { ProgramFamily } from '../../../programs/families/index.ts'
import type { ConvexProgram } from '../../../programs/program.ts'
import { penaltyOf } from '../../../solvers/penalty.ts'
import type { FamilyId, SettingsOf } from '../../document.ts'

/** What a dual vector proves about the network of the document, whatever its width. */
export interface Proof {
  /** No network of the family has a smaller objective. */
  lowerBound: number
  /** ρ(V)/β over all neurons, at most. */
  rhoRatio: number
  /** How ρ was bounded, in words. */
  method: string
  /** Cones of a search. */
  cones: number
  /** The neuron that V prices highest, where the search found one above β; null elsewhere. */
  violator: Float64Array | null
}

interface Question {
  program: ConvexProgram
  family: ProgramFamily
  id: FamilyId
  /** n×K, row-major, in the domain of ℓ*(−·). */
  V: Float64Array
  limits: SettingsOf<'convex'>['proof']
  halt: () => boolean
}

/**
 * The best lower bound that V proves for the network problem (THEORY §4): by branch and bound over the cells' space up to
 * its rank, by the largest singular value of every cell when all cells are there, and by bounds that hold for any V.
 *
 * @returns null when no bound is known for the family
 */
export function prove(question: Question): Proof | null {
  const proofs = [searched(question), bySingularValues(question), byUnitAtoms(question)].filter(
    (proof) => proof !== null,
  )
  return proofs.reduce<Proof | null>(
    (best, proof) => (best && best.rhoRatio <= proof.rhoRatio ? best : proof),
    null,
  )
}

const dualMatrix = ({ program: { Y }, V }: Question) => new Matrix(Y.rows, Y.cols, V)

function searched(question: Question): Proof | null {
  const { program, family, limits, halt } = question
  if (!family.pooled) return null
  const bound = networkBound(
    { ...program, ...family.pooled, V: dualMatrix(question) },
    { epsilon: limits.epsilon, maxCones: limits.cones, halt },
  )
  return { ...bound, violator: bound.bestRatio > 1 ? bound.best : null }
}

function bySingularValues(question: Question): Proof | null {
  const { program } = question
  const { dictionary, Y, cones } = program
  if (!dictionary.complete || Y.cols === 1) return null
  const { upper } = priceDirections(dictionary, dualMatrix(question), penaltyOf(program), cones)
  return proofOf(question, upper, 'the largest singular value of every cell')
}

/** Atoms of a network that ends in batch normalisation have norm one. */
function byUnitAtoms(question: Question): Proof | null {
  if (question.id !== 'relu-bn') return null
  return proofOf(question, unitAtomBound(dualMatrix(question)), 'atoms of norm one')
}

function proofOf({ program, V }: Question, rho: number, method: string): Proof {
  const { value, rhoRatio } = scaledDualPoint(program, V, rho)
  return { lowerBound: value, rhoRatio, method, cones: 0, violator: null }
}
