import type { Problem } from '../../experiments/problem.ts'
import type { SettingsOf } from '../../experiments/document.ts'
import { spikeFreeTest, spikeFreeTestWithBias, type SpikeFreeTest } from '../../geometry/spike-free.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { LOSSES } from '../../losses/index.ts'
import { oracleFor } from './applies.ts'
import { cutData, spikeNeurons, type CutData } from './data.ts'
import { exactOracle, exactOracleWithBias } from './exact-oracle.ts'
import type { CutOracle } from './neuron.ts'
import { OutputProgram } from './output-program.ts'
import { spikeFreeOracle, spikeFreeOracleWithBias } from './spike-free-oracle.ts'

type Settings = SettingsOf<'cutting-planes'>

/** What a run of the cutting-plane method works with. */
export interface CuttingSetUp {
  readonly data: CutData
  readonly bias: boolean
  readonly spikeFree: SpikeFreeTest
  readonly oracle: CutOracle
  /** `spike-free` prices neurons that are active on every sample only. */
  readonly kind: 'exact' | 'spike-free'
  /** Whether the oracle finds the best of all neurons. */
  readonly exact: boolean
}

/**
 * Tests the data and builds the oracle.
 *
 * @throws BidualError too-large when the cells to enumerate exceed the limit
 */
export function setUp(problem: Problem, settings: Settings): CuttingSetUp {
  const { X, network, summary } = problem
  const bias = network.family === 'relu-bias'
  const spikeFree = bias ? spikeFreeTestWithBias(X) : spikeFreeTest(X)
  const kind = oracleFor(network, summary, settings, spikeFree.spikeFree)
  const data = cutData(problem, bias)
  const oracle = MAKERS[kind][bias ? 'bias' : 'plain'](data.A, settings, spikeFree.spikeFree)
  return { data, bias, spikeFree, kind, oracle, exact: kind === 'exact' || spikeFree.spikeFree }
}

type Maker = (A: Matrix, settings: Settings, spikeFree: boolean) => CutOracle

const MAKERS: Record<CuttingSetUp['kind'], Record<'plain' | 'bias', Maker>> = {
  exact: {
    plain: (A, { limit }) => exactOracle(A, limit),
    bias: (A, { limit }) => exactOracleWithBias(A, limit),
  },
  'spike-free': {
    plain: (A, _settings, spikeFree) => spikeFreeOracle(A, spikeFree),
    bias: (A, _settings, spikeFree) => spikeFreeOracleWithBias(A, spikeFree),
  },
}

/** One program an output: of several, the ℓ₁ form (A.7.3) shares nothing between them but the oracle. */
export function outputPrograms(
  { Y, loss, beta }: Problem,
  { tolerance, extremePoints }: Settings,
  { data: { A }, bias, oracle }: CuttingSetUp,
): OutputProgram[] {
  const start = extremePoints ? spikeNeurons(A, bias) : []
  const task = { A, loss: LOSSES[loss], beta, bias, oracle, start, tolerance }
  return Array.from(
    { length: Y.cols },
    (_, k) => new OutputProgram({ ...task, y: Matrix.column(Y.columnCopy(k)) }),
  )
}
