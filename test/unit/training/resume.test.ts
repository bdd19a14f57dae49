import { describe, expect, it } from 'vitest'
import {
  METHOD_SCHEMAS,
  NETWORK_SCHEMAS,
  type FamilyId,
  type SettingsOf,
} from '../../../core/experiments/document.ts'
import type { Problem, RunContext } from '../../../core/experiments/problem.ts'
import { OPTIMIZERS, type OptimizerId } from '../../../core/training/optimizers.ts'
import { readNpz, writeNpz } from '../../../core/export/npz.ts'
import { stateArrays, stateOf, type TrainerState } from '../../../core/training/state.ts'
import { train } from '../../../core/training/train.ts'
import { context, gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'

const FAMILIES = Object.keys(NETWORK_SCHEMAS) as FamilyId[]
const SIZES: Partial<Record<FamilyId, object>> = {
  parallel: { m1: 3, m2: 2, branches: 3 },
  'parallel-decay': { m1: 3, m2: 2, branches: 3 },
  relu: { width: 5, layers: 3 },
  'conv-bn': { width: 4, filter: 2 },
}

const problemFor = (family: FamilyId): Problem => {
  const network = NETWORK_SCHEMAS[family].parse({
    family,
    ...(SIZES[family] ?? { width: 5 }),
  })
  return problemOf(gaussian(12, 4, 1), oneHot(12, 3, 1), 'one-hot', { network, beta: 0.2 })
}

const settingsOf = (changes: Partial<SettingsOf<'sgd'>>): SettingsOf<'sgd'> => ({
  ...METHOD_SCHEMAS.sgd.parse({ id: 'sgd', schedule: { factor: 0.5, patience: 1 }, warmup: 2 }),
  epochs: 6,
  batchSize: 5,
  ...changes,
})

/** All that a run reports, and the state it ends in, as it would come back from a file. */
function run(
  problem: Problem,
  settings: SettingsOf<'sgd'>,
  stop: RunContext['stop'] = () => null,
  from: TrainerState | null = null,
) {
  const running = train(problem, settings, context(3, stop), from)
  const objectives: [number, number | undefined][] = []
  let step = running.next()
  for (; !step.done; step = running.next()) objectives.push([step.value.iteration, step.value.objective])
  const state = stateOf(readNpz(writeNpz(stateArrays(step.value.state))))!
  return { ...step.value, state, objectives }
}

/** Stops when it is asked for the `count`-th time. */
const after = (count: number): RunContext['stop'] => {
  let asked = 0
  return () => (++asked > count ? 'cancelled' : null)
}

const cases = FAMILIES.flatMap((family) =>
  (['f64', 'f32'] as const).map((precision) => ({ family, precision })),
)

describe.each(cases)('$family in $precision', ({ family, precision }) => {
  const problem = problemFor(family)

  it.each(Object.keys(OPTIMIZERS) as OptimizerId[])('by %s goes on bit for bit', (optimizer) => {
    const settings = settingsOf({ optimizer, precision })
    const whole = run(problem, settings)
    const first = run(problem, settings, (epoch) => (epoch === 3 ? 'cancelled' : null))
    const second = run(problem, settings, () => null, first.state)
    expect([first.status, first.epochs, second.epochs]).toEqual(['cancelled', 3, 6])
    expect(second.state).toEqual(whole.state)
    expect(second.best).toEqual(whole.best)
    expect([...first.objectives, ...second.objectives]).toEqual(whole.objectives)
  })

  it('goes on from the middle of an epoch, and from between its objective and its first batch', () => {
    const settings = settingsOf({ precision })
    const whole = run(problem, settings)
    // An epoch asks once at its start and once before each of its 3 batches.
    for (const asked of [4 + 1, 4 + 2, 4 + 3, 8 + 1]) {
      const first = run(problem, settings, after(asked))
      expect(first.state.position.begun).toBe(true)
      const second = run(problem, settings, () => null, first.state)
      expect(second.state, `stopped after ${asked}`).toEqual(whole.state)
    }
  })
})

describe('a state', () => {
  const problem = problemFor('relu')
  it('can be trained for more epochs than were planned', () => {
    const short = run(problem, settingsOf({ epochs: 4 }))
    const long = run(problem, settingsOf({ epochs: 6 }), () => null, short.state)
    expect(long.state.arrays).toEqual(run(problem, settingsOf({ epochs: 6 })).state.arrays)
  })

  it('of another network is refused', () => {
    const { state } = run(problemFor('linear'), settingsOf({}))
    expect(() => run(problem, settingsOf({}), () => null, state)).toThrow('this network needs')
  })
})
