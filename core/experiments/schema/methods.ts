/** Every method and its settings. */
import { z } from 'zod'
import { count, positive } from './numbers.ts'

export const arrangementsSchema = z.strictObject({
  /** auto: enumerate when the rank is at most 3 and the count is within `limit`, else sample `count`. */
  mode: z.enum(['auto', 'enumerate', 'sample']).default('auto'),
  /** Random gate vectors drawn when sampling; distinct patterns are kept. */
  count: count.default(200),
  /** Enumeration of more cells than this is refused. */
  limit: count.default(20_000),
})

/** The same where cells can also be found by growth; `auto` grows where it does not enumerate, if the data are not too large. */
export const growableSchema = arrangementsSchema.extend({
  mode: z.enum(['auto', 'enumerate', 'sample', 'grow']).default('auto'),
})

const NO_ARRANGEMENTS = { mode: 'auto', count: 200, limit: 20_000 } as const

/** Stop when the solver gap is below tolerance · |primal|. */
const tolerance = positive.default(1e-6)

const fixedCells = { arrangements: arrangementsSchema.default(NO_ARRANGEMENTS), tolerance }

/** Halve the learning rate when the objective has not improved for `patience` epochs; null: constant. */
const plateauSchedule = z
  .strictObject({ factor: z.number().gt(0).lt(1).default(0.5), patience: count.default(10) })
  .nullable()
  .default(null)

/** How the learning rate changes with the epochs; null: constant. */
const rateSchedule = z
  .strictObject({
    /** plateau: as above; step: times `factor` every `every` epochs; cosine: half a cosine down to 0 at the end. */
    kind: z.enum(['plateau', 'step', 'cosine']).default('plateau'),
    factor: z.number().gt(0).lt(1).default(0.5),
    patience: count.default(10),
    every: count.default(100),
  })
  .nullable()
  .default(null)

const exactProgram = {
  arrangements: growableSchema.default(NO_ARRANGEMENTS),
  tolerance,
  /** Growth: random starts of every search for neurons that the dual prices above β. */
  search: z.strictObject({ starts: count.default(40) }).default({ starts: 40 }),
  /** The search for a bound over all neurons: cones bounded at most, and its relative precision. */
  proof: z
    .strictObject({ cones: count.default(300_000), epsilon: positive.default(5e-5) })
    .default({ cones: 300_000, epsilon: 5e-5 }),
}

/** Every theorem with a closed form; core/closed-form states what each says. */
export const THEOREM_IDS = [
  'bn-vector',
  'bn-scalar',
  'relu-bn',
  'whitened',
  'rank-one',
  'full-row-rank',
  'whitened-balanced',
  'whitened-literal',
  'linear-whitened',
  'linear-minimum-norm',
  'linear-projection',
  'one-dimensional',
  'one-dimensional-no-intercept',
  'one-dimensional-deep',
  'one-dimensional-branches',
] as const
export type TheoremId = (typeof THEOREM_IDS)[number]

export const METHOD_SCHEMAS = {
  convex: z.strictObject({
    id: z.literal('convex'),
    ...exactProgram,
    /** active-set: working sets with exact cone projections; admm: the second opinion on the full program. */
    solver: z.enum(['active-set', 'admm']).default('active-set'),
  }),
  path: z.strictObject({
    id: z.literal('path'),
    ...exactProgram,
    /** Values of β from where the zero network is optimal down to the document's, in equal ratios. */
    points: z.number().int().min(1).max(1000).default(20),
  }),
  gated: z.strictObject({ id: z.literal('gated'), ...fixedCells }),
  /** The program over sampled cells, its cone constraints as a penalty: for data too large for the exact one. */
  penalized: z.strictObject({
    id: z.literal('penalized'),
    /** Random gate vectors drawn; distinct patterns are kept. */
    arrangements: z.strictObject({ count: count.default(200) }).default({ count: 200 }),
    /** ρ: what one unit of violated constraint costs, beside β for one unit of a block. */
    penalty: positive.default(0.1),
    optimizer: z.enum(['sgd', 'momentum', 'adam']).default('momentum'),
    /** In steps that fit the cells, the features and the loss: 1 is the inverse of the curvature of the smooth part. */
    learningRate: positive.default(1),
    momentum: z.number().min(0).lt(1).default(0.9),
    epochs: count.default(100),
    batchSize: z.union([count, z.literal('full')]).default(256),
    schedule: plateauSchedule,
  }),
  /** The program on the leading singular directions of the data, evaluated on the data as they are (THEORY 3.9). */
  'low-rank': z.strictObject({
    id: z.literal('low-rank'),
    /** Singular directions kept; `variance`: as many as explain the share below. */
    rank: z.union([count, z.literal('variance')]).default(2),
    /** Share of the sum of squares that the directions kept explain. */
    variance: z.number().gt(0).max(1).default(0.95),
    ...exactProgram,
  }),
  /** Neurons generated one by one where the dual is violated (THEORY §6). */
  'cutting-planes': z.strictObject({
    id: z.literal('cutting-planes'),
    /**
     * spike-free prices neurons that are active on every sample, exact all of them by enumerating cells; auto: the first
     * where the data are spike-free, else the second up to rank 3 and `limit`.
     */
    oracle: z.enum(['auto', 'spike-free', 'exact']).default('auto'),
    /** Enumeration of more cells than this is refused. */
    limit: count.default(20_000),
    /** Start with the neurons that are active on one sample only (THEORY 5.11). */
    extremePoints: z.boolean().default(false),
    tolerance,
  }),
  'closed-form': z.strictObject({
    id: z.literal('closed-form'),
    /** auto: the first theorem that covers the data. */
    theorem: z.enum(['auto', ...THEOREM_IDS]).default('auto'),
    /** Run the formula although a hypothesis fails; the result is marked as not covered. */
    override: z.boolean().default(false),
  }),
  sgd: z.strictObject({
    id: z.literal('sgd'),
    /** gd uses all rows at every step; the others use batches. adamw keeps the decay out of what Adam adapts. */
    optimizer: z
      .enum(['gd', 'sgd', 'momentum', 'nesterov', 'adam', 'adamw', 'adagrad', 'adadelta'])
      .default('momentum'),
    /** Of θ ← θ − rate·step; 1 is the usual choice for adadelta, which has units of its own. */
    learningRate: positive.default(0.01),
    momentum: z.number().min(0).lt(1).default(0.9),
    epochs: count.default(500),
    batchSize: z.union([count, z.literal('full')]).default(32),
    trials: z.number().int().min(1).max(1000).default(1),
    initialization: z.enum(['kaiming', 'gaussian']).default('kaiming'),
    /** Standard deviation of the gaussian initialisation. */
    scale: positive.default(0.1),
    schedule: rateSchedule,
    /** Epochs over which the learning rate grows to its full size. */
    warmup: z.number().int().min(0).default(0),
    /** Of the arithmetic of training; objectives are evaluated in double in either case. */
    precision: z.enum(['f64', 'f32']).default('f64'),
    /**
     * What batch normalisation stores for predictions: the statistics of all training rows at the final weights, which
     * are those of the objective, or running averages of the batches (momentum 0.1; 1 with all rows in a batch).
     */
    statistics: z.enum(['training', 'running']).default('training'),
  }),
  /** GD on the whitened twin of a batch-normalised network, and on the network beside it (Ergen et al. 2022, Thm 4.1). */
  'whitened-gd': z.strictObject({
    id: z.literal('whitened-gd'),
    learningRate: positive.default(0.01),
    epochs: count.default(500),
    initialization: z.enum(['kaiming', 'gaussian']).default('kaiming'),
    /** Standard deviation of the gaussian initialisation. */
    scale: positive.default(0.1),
  }),
  'least-squares': z.strictObject({ id: z.literal('least-squares') }),
  /** Filters from patches of images, pooled, and a convex output layer (THEORY §6). */
  'convex-rf': z.strictObject({
    id: z.literal('convex-rf'),
    /** Random patches drawn; each gives a filter unless it lies in the hull of the others. */
    patches: count.default(400),
    /** Side of a square patch. */
    patch: count.default(6),
    stride: count.default(1),
    whiten: z.boolean().default(true),
    /** Added to variances, relative to those of the patches, before they divide. */
    epsilon: positive.default(0.1),
    pooling: z.enum(['max', 'average']).default('max'),
    /** Cells along each axis of the image that responses are pooled over. */
    cells: count.default(2),
    tolerance,
  }),
  /** The program of the network, then the same on the hidden responses of the stage before (THEORY §6). */
  stacking: z.strictObject({
    id: z.literal('stacking'),
    stages: z.number().int().min(1).max(20).default(3),
    /** convex: with cone constraints, certified; penalized: gradient steps, for large data. */
    solver: z.enum(['convex', 'penalized']).default('convex'),
    /** Whether every stage also sees what the stage before saw. */
    input: z.boolean().default(true),
    arrangements: growableSchema.default(NO_ARRANGEMENTS),
    /** Of convex stages. */
    tolerance,
    /** Of penalised stages. */
    epochs: count.default(100),
  }),
  /** The neural tangent kernel of two-layer ReLU networks (THEORY §6). */
  ntk: z.strictObject({
    id: z.literal('ntk'),
    /** Compare (x, 1) instead of x. */
    bias: z.boolean().default(true),
    /** Squared loss: what β regularises, the coefficients of the kernel or the function. */
    norm: z.enum(['coefficients', 'function']).default('coefficients'),
  }),
} as const

export type MethodId = keyof typeof METHOD_SCHEMAS
export const METHOD_IDS = Object.keys(METHOD_SCHEMAS) as MethodId[]
export const methodSchema = z.discriminatedUnion('id', [
  METHOD_SCHEMAS.convex,
  METHOD_SCHEMAS.path,
  METHOD_SCHEMAS.gated,
  METHOD_SCHEMAS.penalized,
  METHOD_SCHEMAS['low-rank'],
  METHOD_SCHEMAS['cutting-planes'],
  METHOD_SCHEMAS['closed-form'],
  METHOD_SCHEMAS.sgd,
  METHOD_SCHEMAS['whitened-gd'],
  METHOD_SCHEMAS['least-squares'],
  METHOD_SCHEMAS['convex-rf'],
  METHOD_SCHEMAS.stacking,
  METHOD_SCHEMAS.ntk,
])

export type ArrangementSettings = z.infer<typeof arrangementsSchema>
export type GrowableArrangements = z.infer<typeof growableSchema>
export type MethodSettings = z.infer<typeof methodSchema>
export type SettingsOf<Id extends MethodId> = Extract<MethodSettings, { id: Id }>
