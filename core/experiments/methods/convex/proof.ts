import { boundRho, type RhoSearch } from '../../../certificates/branch-and-bound.ts'
import { cheapRhoBound, unitAtomBound } from '../../../certificates/cheap-bound.ts'
import { labelBound } from '../../../certificates/label-bound.ts'
import { networkBound } from '../../../certificates/network-bound.ts'
import { scaledDualPoint } from '../../../certificates/scaling.ts'
import { Matrix } from '../../../linalg/matrix.ts'
import { rowNorms } from '../../../linalg/products.ts'
import { priceDirections } from '../../../programs/cell-oracle.ts'
import { ParallelDictionary } from '../../../programs/dictionaries/parallel.ts'
import type { ProgramFamily } from '../../../programs/families/index.ts'
import type { ConvexProgram } from '../../../programs/program.ts'
import { penaltyOf } from '../../../solvers/penalty.ts'
import type { NetworkSettings, SettingsOf } from '../../document.ts'
import type { NamedArrays } from '../../problem.ts'

/** Rank up to which the hidden layer of a parallel network is searched, and how precisely: the bound is coarse anyway. */
const MAX_RANK = 8
const HIDDEN_EPSILON = 1e-2

export const PROOF_METHODS = [
  'branch and bound',
  'Cauchy–Schwarz',
  'the largest singular value of every cell',
  'atoms of norm one',
  'its hidden layer',
  'the labels as a dual point',
] as const
type ProofMethod = (typeof PROOF_METHODS)[number]

/** What a dual vector proves about the network of the document, whatever its width. */
export interface Proof {
  /** No network of the family has a smaller objective. */
  lowerBound: number
  /** ρ(V)/β over all neurons, at most. */
  rhoRatio: number
  /** How ρ was bounded, in words. */
  method: ProofMethod
  /** Cones of a search. */
  cones: number
  /** The neuron that V prices highest, where the search found one above β; null elsewhere. */
  violator: Float64Array | null
  /** A search that a limit ended, and that can go on. */
  open: RhoSearch | null
}

interface Question {
  program: ConvexProgram
  family: ProgramFamily
  network: NetworkSettings
  /** n×K, row-major, in the domain of ℓ*(−·). */
  V: Float64Array
  limits: SettingsOf<'convex'>['proof']
  halt: () => boolean
  /** An earlier search for the same V to go on from. */
  from: NamedArrays | null
}

/**
 * The best lower bound that V proves for the network problem (THEORY §4): by branch and bound over the cells' space up to
 * its rank, by the largest singular value of every cell when all cells are there, and by bounds that hold for any V.
 *
 * @returns null when no bound is known for the family
 */
export function prove(question: Question): Proof | null {
  const search = searched(question)
  const proofs = [
    search,
    bySingularValues(question),
    byUnitAtoms(question),
    byHiddenLayer(question),
    byLabels(question),
  ].filter((proof) => proof !== null)
  const best = proofs.reduce<Proof | null>(
    (most, proof) => (most && most.lowerBound >= proof.lowerBound ? most : proof),
    null,
  )
  return best && { ...best, violator: search?.violator ?? null, open: search?.open ?? null }
}

const NO_SEARCH = { cones: 0, violator: null, open: null }

const dualMatrix = ({ program: { Y }, V }: Question) => new Matrix(Y.rows, Y.cols, V)

function searched(question: Question): Proof | null {
  const { program, family, limits, halt, from } = question
  if (!family.pooled) return null
  const bound = networkBound(
    { ...program, ...family.pooled, V: dualMatrix(question) },
    { epsilon: limits.epsilon, maxCones: limits.cones, halt, from: from ?? undefined },
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
  if (question.network.family !== 'relu-bn') return null
  return proofOf(question, unitAtomBound(dualMatrix(question)), 'atoms of norm one')
}

/**
 * Parallel networks: the second layer of a unit sub-network is at most Σⱼ|w₂ⱼ|(XW₁)₊ⱼ, and Σⱼ‖w₁ⱼ‖|w₂ⱼ| ≤ √m₁, so that
 * ρ(V) ≤ √(m₁m₂)·ρ₁(|V|), ρ₁ that of a single ReLU layer and |V| the parts of V of one sign, or its row norms.
 */
function byHiddenLayer(question: Question): Proof | null {
  const { program, network, limits, halt } = question
  const { dictionary, Y } = program
  if (network.family !== 'parallel' || !(dictionary instanceof ParallelDictionary)) return null
  const V = dualMatrix(question)
  const sides =
    Y.cols === 1 ? [V.data.map((v) => Math.max(0, v)), V.data.map((v) => Math.max(0, -v))] : [rowNorms(V)]
  const { A } = dictionary
  const reaches = sides.map((side) => {
    const form = { A, V: Matrix.column(side) }
    const cheap = cheapRhoBound(form)
    if (A.cols > MAX_RANK) return cheap
    const settings = { floor: 0, epsilon: HIDDEN_EPSILON, maxCones: limits.cones, halt }
    return Math.min(cheap, boundRho(form, settings).upper)
  })
  const factor = Math.sqrt(network.m1 * network.m2)
  return proofOf(question, factor * Math.max(...reaches), 'its hidden layer')
}

/** The labels as a dual point of batch-normalised networks: the value of the closed forms, on any data. */
function byLabels({ program: { Y, loss, beta }, network, family: { pooled } }: Question): Proof | null {
  const patches = pooled?.patches ?? 1
  const lowerBound = labelBound({ Y, family: network.family, loss: loss.id, beta, patches })
  if (lowerBound === null) return null
  return { lowerBound, rhoRatio: 1, method: 'the labels as a dual point', ...NO_SEARCH }
}

function proofOf({ program, V }: Question, rho: number, method: ProofMethod): Proof {
  const { value, rhoRatio } = scaledDualPoint(program, V, rho)
  return { lowerBound: value, rhoRatio, method, ...NO_SEARCH }
}
