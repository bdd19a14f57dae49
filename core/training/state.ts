/** A training run as arrays and a few numbers, to go on from later. */
import { BidualError } from '../errors.ts'
import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import type { RealArray } from '../linalg/matrix.ts'
import { convertArrays } from '../networks/precision.ts'
import type { ScheduleState } from './schedule.ts'

/** Where a run is: its epoch, whether its objective at the start has been asked for, and the batches of it that are done. */
export interface Position {
  epoch: number
  begun: boolean
  batch: number
}

/** Serialisable: numbers as JSON, arrays in double (single-precision ones survive the way there and back). */
export interface TrainerState {
  position: Position
  schedule: ScheduleState
  /** Updates that the optimiser has made. */
  updates: number
  best: { objective: number; epoch: number } | null
  /** `weights.…`, `optimizer.…` and, where there are any, `best.…` and `running.…`. */
  arrays: NamedArrays
}

/** The numbers of a state, in the order in which {@link stateArrays} stores them. */
const NUMBERS = 'state.numbers'
const PREFIX = 'state.'

/** The state as arrays alone, as a run's folder keeps them: `state.numbers`, `state.weights.W1`, … */
export function stateArrays({ position, schedule, updates, best, arrays }: TrainerState): NamedArrays {
  const { epoch, begun, batch } = position
  const rates = [schedule.reduced, schedule.best, schedule.bestEpoch]
  const found = best ? [best.objective, best.epoch] : [NaN, NaN]
  const numbers = Float64Array.of(epoch, Number(begun), batch, updates, ...rates, ...found)
  const named = Object.entries(arrays).map(([name, array]) => [PREFIX + name, array])
  return {
    [NUMBERS]: { shape: [numbers.length], data: numbers },
    ...(Object.fromEntries(named) as NamedArrays),
  }
}

/** The state among the arrays of a run; null where there is none. */
export function stateOf(saved: NamedArrays): TrainerState | null {
  if (!(NUMBERS in saved)) return null
  const [epoch, begun, batch, updates, reduced, bestSeen, bestSince, objective, bestEpoch] =
    saved[NUMBERS].data
  const own = Object.entries(saved).filter(([name]) => name.startsWith(PREFIX) && name !== NUMBERS)
  return {
    position: { epoch, begun: begun === 1, batch },
    schedule: { reduced, best: bestSeen, bestEpoch: bestSince },
    updates,
    best: Number.isNaN(objective) ? null : { objective, epoch: bestEpoch },
    arrays: Object.fromEntries(own.map(([name, array]) => [name.slice(PREFIX.length), array])),
  }
}

/** The parts of a run, in the precision of training. */
export interface RunParts {
  position: Position
  schedule: ScheduleState
  network: TrainedNetwork<RealArray>
  optimizer: { updates: number; arrays: NamedArrays<RealArray> }
  best: { network: TrainedNetwork; objective: number; epoch: number } | null
  /** Running averages of batch statistics. */
  running: NamedArrays | null
}

/** A copy of a run's state. */
export function joinState(parts: RunParts): TrainerState {
  const { position, schedule, network, optimizer, best, running } = parts
  return {
    position: { ...position },
    schedule: { ...schedule },
    updates: optimizer.updates,
    best: best && { objective: best.objective, epoch: best.epoch },
    arrays: {
      ...prefixed('weights', network.arrays),
      ...prefixed('optimizer', optimizer.arrays),
      ...(best ? prefixed('best', best.network.arrays) : {}),
      ...(running ? prefixed('running', running) : {}),
    },
  }
}

/**
 * The parts of a saved run.
 *
 * @param like a network of the run: family and shapes
 * @throws BidualError bad-input when the saved arrays are not those of such a network
 */
export function takeState(
  { position, schedule, updates, best, arrays }: TrainerState,
  like: TrainedNetwork<RealArray>,
): Omit<RunParts, 'network'> & { weights: NamedArrays } {
  const [weights, running] = [part('weights', arrays), part('running', arrays)]
  requireShapes(weights, like)
  return {
    position: { ...position },
    schedule: { ...schedule },
    weights,
    optimizer: { updates, arrays: part('optimizer', arrays) },
    best: best && { ...best, network: { family: like.family, arrays: part('best', arrays) } },
    running: Object.keys(running).length > 0 ? running : null,
  }
}

function prefixed(prefix: string, arrays: NamedArrays<RealArray>): NamedArrays {
  const copies = convertArrays(arrays, new Float64Array(0))
  return Object.fromEntries(Object.entries(copies).map(([name, array]) => [`${prefix}.${name}`, array]))
}

/** The arrays under a prefix, copied. */
function part(prefix: string, arrays: NamedArrays): NamedArrays {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${prefix}.`))
  const named = own.map(([name, { shape, data }]) => [
    name.slice(prefix.length + 1),
    { shape: [...shape], data: data.slice() },
  ])
  return Object.fromEntries(named) as NamedArrays
}

function requireShapes(weights: NamedArrays, { arrays }: TrainedNetwork<RealArray>): void {
  for (const [name, { shape }] of Object.entries(arrays)) {
    const saved = name in weights ? weights[name].shape.join('×') : 'nothing'
    if (saved === shape.join('×')) continue
    throw new BidualError(
      'bad-input',
      `The saved state has ${saved} for ${name}, where this network needs ${shape.join('×')}.`,
    )
  }
}
