/** The atoms of every network family (THEORY §2). */
import { lineOf } from '../closed-form/one-dimensional/line.ts'
import { BidualError } from '../errors.ts'
import type { FamilyId, FamilySettings } from '../experiments/document.ts'
import type { Problem } from '../experiments/problem.ts'
import { multiplyVector, norm2 } from '../linalg/products.ts'
import { convBnNetwork, linearNetwork, reluBnNetwork } from '../networks/index.ts'
import { arrangedMatrix, rowSpace } from '../programs/arranged.ts'
import { batchNormWeights, recoverBatchNorm, recoverRelu, type Neuron } from '../programs/recover.ts'
import { arrangedPatches } from './arranged-patches.ts'
import type { Atom, AtomFamily } from './family.ts'
import { linearAtoms } from './linear.ts'
import { parallelAtoms } from './parallel.ts'
import { pooledAtoms } from './pooled.ts'
import { reluBiasAtoms } from './relu-bias.ts'
import { reluBnAtoms } from './relu-bn.ts'
import { columnsOf, nonZero, outputRows } from './weights.ts'

export type { Atom, AtomFamily } from './family.ts'

export type AtomProblem = Pick<Problem, 'X' | 'Y' | 'network' | 'summary'>

type Makers = {
  readonly [Id in FamilyId]: (problem: AtomProblem, network: FamilySettings<Id>) => AtomFamily
}

const MAKERS: Makers = {
  relu(problem) {
    requireTwoLayers(problem)
    const { A, toFeatures } = arrangedMatrix(problem)
    const { X, Y } = problem
    return pooledAtoms(A, 1, Y.cols, (atoms) => recoverRelu(neuronsOf(atoms), toFeatures, X.cols, Y.cols))
  },
  'bn-relu'(problem) {
    requireTwoLayers(problem)
    const { A, toFeatures } = arrangedMatrix(problem)
    const { X, Y } = problem
    return pooledAtoms(A, 1, Y.cols, (atoms) => recoverBatchNorm(neuronsOf(atoms), toFeatures, X, Y.cols))
  },
  'conv-bn'(problem, network) {
    const { A, toFeatures, patches, geometry } = arrangedPatches(problem, network)
    const { X, Y } = problem
    const h = toFeatures(new Float64Array(A.cols)).length
    return pooledAtoms(A, patches, Y.cols, (atoms) =>
      convBnNetwork(batchNormWeights(neuronsOf(atoms), toFeatures, h, Y.cols), geometry, X),
    )
  },
  'relu-bn'(problem) {
    requireTwoLayers(problem)
    const { X, Y, summary } = problem
    const { A, toFeatures } = rowSpace(X, summary.rank)
    return reluBnAtoms(A, Y.cols, (atoms) => {
      const kept = nonZero(atoms)
      const root = ({ c }: Atom) => Math.sqrt(norm2(c))
      const direction = ({ theta }: Atom) => theta.slice(0, A.cols)
      const shift = ({ theta }: Atom) => theta[A.cols]
      const W1 = columnsOf(X.cols, kept, (atom) => [toFeatures(direction(atom)), 1])
      // ‖(γ, α)‖ = 1 for a unit atom, and γ ≥ 0.
      const gamma = Float64Array.from(kept, (a) => Math.sqrt(Math.max(0, 1 - shift(a) ** 2)) * root(a))
      const alpha = Float64Array.from(kept, (a) => shift(a) * root(a))
      return reluBnNetwork({ W1, gamma, alpha, W2: outputRows(Y.cols, kept, (a) => 1 / root(a)) }, X)
    })
  },
  'relu-bias'(problem, { outputBias }) {
    requireTwoLayers(problem)
    const { X, Y, summary } = problem
    if (summary.rankCentered > 1) {
      throw new BidualError(
        'unsupported',
        `Neurons with biases are found exactly on data on a line only; centred, this has rank ${summary.rankCentered}.`,
      )
    }
    const { direction } = lineOf(X)
    return reluBiasAtoms(multiplyVector(X, direction), direction, Y.cols, outputBias)
  },
  parallel({ X, Y, summary }, { m1, m2 }) {
    const { A, toFeatures } = rowSpace(X, summary.rank)
    return parallelAtoms(A, toFeatures, { m1, m2, outputs: Y.cols })
  },
  'parallel-decay'() {
    throw new BidualError(
      'unsupported',
      'Parallel networks are made of single atoms under the path norm only.',
    )
  },
  linear(problem) {
    requireTwoLayers(problem)
    const { X, Y } = problem
    return linearAtoms(X, Y.cols, (atoms) => {
      const kept = nonZero(atoms)
      const root = ({ c }: Atom) => Math.sqrt(norm2(c))
      return linearNetwork(
        columnsOf(X.cols, kept, (atom) => [atom.theta, root(atom)]),
        outputRows(Y.cols, kept, (atom) => 1 / root(atom)),
      )
    })
  },
}

/**
 * The atoms of the problem's network on its data; decompositions of the data are computed here, once.
 *
 * @throws BidualError unsupported for deep networks, and for `relu-bias` on data that are on no line
 */
export function atomsOf(problem: AtomProblem): AtomFamily {
  const make = MAKERS[problem.network.family] as (problem: AtomProblem, network: object) => AtomFamily
  return make(problem, problem.network)
}

function requireTwoLayers({ network }: AtomProblem): void {
  if ('layers' in network && network.layers !== 2) {
    throw new BidualError('unsupported', `Networks of ${network.layers} layers are not made of single atoms.`)
  }
}

/** Atoms as neurons v = θ‖c‖ with the output direction c/‖c‖. */
function neuronsOf(atoms: readonly Atom[]): Neuron[] {
  return nonZero(atoms).map(({ theta, c }) => {
    const size = norm2(c)
    return { vector: theta.map((value) => size * value), output: c.map((value) => value / size) }
  })
}
