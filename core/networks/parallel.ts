import type { FamilySettings } from '../experiments/document.ts'
import type { NamedArray, NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix, zerosAlike, type RealArray } from '../linalg/matrix.ts'
import { axpy } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { arrayOf } from './arrays.ts'
import { BLOCK_ENTRIES, rowBlocks, rowRange } from './blocks.ts'
import type { LossGradient, NetworkFamily, Parameter, Regularizer } from './family.ts'
import {
  backpropagate,
  hiddenUnits,
  respond,
  responses,
  zerosLike,
  type Feedforward,
  type Layer,
} from './feedforward.ts'
import { decayed, free, randomWeights } from './initialize.ts'
import { pathNorm, pathNormGradient } from './path-norm.ts'

/** The weights of one sub-network: W1 d×m1, W2 m1×m2, W3 m2×K. */
export type Branch<T extends RealArray = Float64Array> = readonly [
  W1: Matrix<T>,
  W2: Matrix<T>,
  W3: Matrix<T>,
]

/** d, m1, m2, K: what every sub-network has in common. */
export type BranchSizes = readonly [d: number, m1: number, m2: number, outputs: number]

const NAMES = ['W1', 'W2', 'W3'] as const

/** The families of parallel networks; they differ in what is regularised. */
export type ParallelFamily = 'parallel' | 'parallel-decay'

type ParallelSettings = FamilySettings<ParallelFamily>

const pathRegularizer: Regularizer = {
  value: (network) => branchesOf(network).reduce((sum, branch) => sum + pathNorm(branch), 0),
  gradient: (network) =>
    stack(branchesOf(network).map(pathNormGradient), branchSizes(network), (length) =>
      zerosAlike(network.arrays['W1'].data, length),
    ),
}

/**
 * Regulariser: the path norm Σ_k √(Σ_{j,l,o} ‖w1_kj‖² w2_kjl² w3_klo²), one root a sub-network, in place of weight
 * decay (THEORY 3.6; Ergen & Pilanci 2023, (1)).
 */
export const parallel = parallelFamily<FamilySettings<'parallel'>>({
  id: 'parallel',
  title: 'parallel three-layer ReLU',
  regularizer: pathRegularizer,
  parameters: NAMES.map(free),
})

/** Weight decay on every layer (THEORY 5.3; Ergen & Pilanci 2021, (20)). */
export const parallelDecay = parallelFamily<FamilySettings<'parallel-decay'>>({
  id: 'parallel-decay',
  title: 'parallel three-layer ReLU with weight decay',
  parameters: NAMES.map(decayed),
})

/** How the families of parallel networks differ. */
interface ParallelKind<Settings extends ParallelSettings> {
  id: Settings['family']
  title: string
  regularizer?: Regularizer
  parameters: readonly Parameter[]
}

/**
 * F = Σ_k ((X·W1_k)₊·W2_k)₊·W3_k, three-layer sub-networks side by side: W1 [k, d, m1], W2 [k, m1, m2],
 * W3 [k, m2, K]. Its neurons are the sub-networks, each of the size of its path norm; its layers are those of the one
 * network that the sub-networks make (see {@link asOneNetwork}).
 */
function parallelFamily<Settings extends ParallelSettings>({
  id,
  title,
  regularizer,
  parameters,
}: ParallelKind<Settings>): NetworkFamily<Settings> {
  return {
    id,
    title,
    batchStatistics: false,
    regularizer,
    parameters: () => parameters,
    initialize({ d, outputs, network: { m1, m2, branches } }, initialization, stream) {
      const sizes = [d, m1, m2, outputs] as const
      const random = (l: number, k: number): Matrix =>
        randomWeights(sizes[l], sizes[l + 1], initialization, stream.split(NAMES[l]).split(k))
      const all = Array.from({ length: branches }, (_, k): Branch => [
        random(0, k),
        random(1, k),
        random(2, k),
      ])
      return parallelNetwork(all, sizes, id)
    },
    forward,
    trainingLoss: (network, X, Y, loss) => loss.value(forward(network, X), Y),
    lossGradient: (network, X, Y, loss) => parallelLossGradient(network, X, Y, loss),
    refreshStatistics: (network) => network,
    layers: asOneNetwork,
    neuronSizes: (network) => Float64Array.from(branchesOf(network), pathNorm),
    hiddenWork(network) {
      const [d, m1, m2] = branchSizes(network)
      return branchesOf(network).length * (d * m1 + m1 * m2)
    },
  }
}

/**
 * The network of these sub-networks, copied; none make the zero network.
 *
 * @param sizes d, m1, m2, K of every one of them
 */
export function parallelNetwork(
  branches: readonly Branch[],
  sizes: BranchSizes,
  family: ParallelFamily = 'parallel',
): TrainedNetwork {
  return { family, arrays: stack(branches, sizes, (length) => new Float64Array(length)) }
}

/** The sub-networks, as views. */
export function branchesOf<T extends RealArray>(network: TrainedNetwork<T>): Branch<T>[] {
  const sizes = branchSizes(network)
  const count = arrayOf(network, 'W1').shape[0]
  const view = (l: number, k: number): Matrix<T> => {
    const [rows, cols] = [sizes[l], sizes[l + 1]]
    const { data } = arrayOf(network, NAMES[l])
    return new Matrix(rows, cols, data.subarray(k * rows * cols, (k + 1) * rows * cols) as T)
  }
  return Array.from({ length: count }, (_, k): Branch<T> => [view(0, k), view(1, k), view(2, k)])
}

/** d, m1, m2, K of a parallel network. */
export function branchSizes(network: TrainedNetwork<RealArray>): BranchSizes {
  const [, d, m1] = arrayOf(network, 'W1').shape
  const [, m2, outputs] = arrayOf(network, 'W3').shape
  return [d, m1, m2, outputs]
}

/** Backpropagation, `entries` of all hidden layers at a time. */
export function parallelLossGradient<T extends RealArray>(
  network: TrainedNetwork<T>,
  X: Matrix<T>,
  Y: Matrix<RealArray>,
  loss: Loss,
  entries = BLOCK_ENTRIES,
): LossGradient<T> {
  const nets = branchesOf(network).map((branch) => asFeedforward(branch))
  const gradients = nets.map(({ layers }) => zerosLike(layers, X))
  const units = nets.reduce((sum, { layers }) => sum + hiddenUnits(layers), 0)
  let value = 0
  for (const { first, rows } of rowBlocks(X.rows, units, entries)) {
    const [Xb, Yb] = [rowRange(X, first, rows), rowRange(Y, first, rows)]
    X.scoped(() => {
      const all = nets.map((net) => responses(net, Xb))
      const F = X.zerosAlike(rows, Y.cols)
      for (const activations of all) axpy(1, activations.at(-1).data, F.data)
      value += loss.replaceByGradient(F, Yb)
      nets.forEach((net, k) => backpropagate(net, Xb, all[k], F, gradients[k]))
    })
  }
  const branches = gradients.map(([first, second, third]): Branch<T> => [first.W, second.W, third.W])
  const zeros = (length: number): T => X.zerosAlike(1, length).data
  return { loss: value, gradient: stack(branches, branchSizes(network), zeros) }
}

function forward(network: TrainedNetwork, X: Matrix): Matrix {
  const F = Matrix.zeros(X.rows, branchSizes(network)[3])
  for (const branch of branchesOf(network)) axpy(1, respond(asFeedforward(branch), X).data, F.data)
  return F
}

const asFeedforward = <T extends RealArray>(branch: Branch<T>): Feedforward<T> => ({
  layers: branch.map((W): Layer<T> => ({ W, b: null })),
  rectified: true,
})

/** The arrays of these sub-networks, copied to new ones. */
function stack<T extends RealArray>(
  branches: readonly Branch<T>[],
  sizes: BranchSizes,
  zeros: (length: number) => T,
): NamedArrays<T> {
  const count = branches.length
  const entries = NAMES.map((name, l) => {
    const [rows, cols] = [sizes[l], sizes[l + 1]]
    const data = zeros(count * rows * cols)
    branches.forEach((branch, k) => data.set(branch[l].data, k * rows * cols))
    return [name, { shape: [count, rows, cols], data }] as [string, NamedArray<T>]
  })
  return Object.fromEntries(entries)
}

/**
 * The weights of the one three-layer ReLU network with the same response: W1 side by side (d×k·m1), W2 block-diagonal
 * (k·m1×k·m2), W3 stacked (k·m2×K, a view).
 */
function asOneNetwork(network: TrainedNetwork): Matrix[] {
  const branches = branchesOf(network)
  const [d, m1, m2, outputs] = branchSizes(network)
  const wide = Matrix.zeros(d, branches.length * m1)
  const diagonal = Matrix.zeros(branches.length * m1, branches.length * m2)
  branches.forEach(([W1, W2], k) => {
    for (let i = 0; i < d; i++) wide.row(i).set(W1.row(i), k * m1)
    for (let j = 0; j < m1; j++) diagonal.row(k * m1 + j).set(W2.row(j), k * m2)
  })
  return [wide, diagonal, new Matrix(branches.length * m2, outputs, arrayOf(network, 'W3').data)]
}
