/** Network families and losses. */
import { z } from 'zod'
import { count } from './numbers.ts'

const width = {
  /** Units of a hidden layer of the trained baselines; convex programs and closed forms find their own number. */
  width: count.default(50),
}
const outputs = {
  /**
   * auto: two classes give one output with labels ±1 (cross-entropy: one-hot), more classes one-hot;
   * numeric targets are taken as they are.
   */
  outputs: z.enum(['auto', 'scalar', 'one-hot']).default('auto'),
}
const twoLayers = { layers: z.literal(2).default(2) }
/** Weight matrices, the output layer included. */
const depth = { layers: z.number().int().min(2).max(50).default(2) }
const subNetworks = {
  layers: z.literal(3).default(3),
  /** Hidden units in the first layer of every sub-network. */
  m1: count.default(5),
  /** Hidden units in its second layer. */
  m2: count.default(1),
  /** Sub-networks of the trained baselines; convex programs find their own number. */
  branches: count.default(10),
}
const noBias = { bias: z.literal(false).default(false) }

/** Every network family; core/networks states what each computes and which arrays it has. */
export const NETWORK_SCHEMAS = {
  relu: z.strictObject({ family: z.literal('relu'), ...depth, ...width, ...noBias, ...outputs }),
  /** Unpenalised biases in every layer. */
  'relu-bias': z.strictObject({
    family: z.literal('relu-bias'),
    ...depth,
    ...width,
    /** Whether the output has a bias too; without it the problem is another one (THEORY 5.7). */
    outputBias: z.boolean().default(true),
    ...outputs,
  }),
  'bn-relu': z.strictObject({
    family: z.literal('bn-relu'),
    ...depth,
    ...width,
    ...noBias,
    ...outputs,
  }),
  'relu-bn': z.strictObject({ family: z.literal('relu-bn'), ...depth, ...width, ...outputs }),
  /** Filters on the patches of an image; a row of a table counts as a signal of one channel. */
  'conv-bn': z.strictObject({
    family: z.literal('conv-bn'),
    ...twoLayers,
    /** Filters of the trained baselines. */
    width: count.default(50),
    /** Side of a square filter (length along a signal), or [height, width]. */
    filter: z.union([count, z.tuple([count, count])]).default(3),
    stride: count.default(1),
    /** Zeros added at each end of every axis that is longer than 1. */
    padding: z.number().int().min(0).default(0),
    ...outputs,
  }),
  /** Three-layer sub-networks side by side, path regularised. */
  parallel: z.strictObject({ family: z.literal('parallel'), ...subNetworks, ...outputs }),
  /** The same with weight decay on every layer. */
  'parallel-decay': z.strictObject({ family: z.literal('parallel-decay'), ...subNetworks, ...outputs }),
  linear: z.strictObject({ family: z.literal('linear'), ...depth, ...width, ...outputs }),
} as const

export type FamilyId = keyof typeof NETWORK_SCHEMAS
export const networkSchema = z.discriminatedUnion('family', [
  NETWORK_SCHEMAS.relu,
  NETWORK_SCHEMAS['relu-bias'],
  NETWORK_SCHEMAS['bn-relu'],
  NETWORK_SCHEMAS['relu-bn'],
  NETWORK_SCHEMAS['conv-bn'],
  NETWORK_SCHEMAS.parallel,
  NETWORK_SCHEMAS['parallel-decay'],
  NETWORK_SCHEMAS.linear,
])

/** equality: F = Y as a constraint; β is ignored and the objective is the regulariser alone. */
export const lossSchema = z.enum(['squared', 'hinge', 'logistic', 'cross-entropy', 'equality'])
export type LossId = z.infer<typeof lossSchema>
export type NetworkSettings = z.infer<typeof networkSchema>
export type FamilySettings<Id extends FamilyId> = Extract<NetworkSettings, { family: Id }>
