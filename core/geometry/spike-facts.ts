import { isSmall } from '../data/spectrum.ts'
import type { SpikeFacts } from '../experiments/result.ts'
import type { Matrix } from '../linalg/matrix.ts'
import {
  hasTooManyDirections,
  spikeFreeTest,
  spikeFreeTestWithBias,
  type SpikeFreeTest,
} from './spike-free.ts'

/** m·d·min(m, d) of the distinct directions up to which the test takes a fraction of a second. */
const QUICK = 2e7

/**
 * Whether the rows are spike-free, without and with biases, where that is known quickly: more distinct directions than
 * dimensions are not; other large data are left to the method that needs the answer.
 */
export function spikeFacts(X: Matrix): SpikeFacts {
  const cost = { rows: Math.min(X.rows, X.cols + 1), cols: X.cols }
  return {
    plain: isSmall(cost, QUICK) ? factOf(spikeFreeTest(X)) : coarse(X, false),
    bias: isSmall(cost, QUICK) ? factOf(spikeFreeTestWithBias(X)) : coarse(X, true),
  }
}

function factOf({ spikeFree, witness }: SpikeFreeTest): NonNullable<SpikeFacts['plain']> {
  return { holds: spikeFree, rows: witness ? [...witness.rows] : null }
}

const coarse = (X: Matrix, bias: boolean): SpikeFacts['plain'] =>
  hasTooManyDirections(X, bias) ? { holds: false, rows: null } : null
