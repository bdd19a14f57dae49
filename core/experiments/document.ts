/**
 * The experiment document, version 1: one JSON file that feeds form, command line, gallery, workers and report.
 *
 * These schemas are its only definition; the types are inferred from them. Unknown keys are errors with their path.
 * A *document* may hold sweeps in place of numbers; a *concrete* document (what is run) has none: see expand.ts.
 */
import { z } from 'zod'

const positive = z.number().positive()
const count = z.number().int().positive()
const seed = z.number().int().min(0).max(0xffffffff)

/** One target column, by header name or zero-based index, or several for vector outputs. */
const column = z.union([z.string().min(1), z.number().int().min(0)])

export const fileDatasetSchema = z.strictObject({
  /** Path relative to the document. */
  file: z.string().min(1),
  format: z.enum(['csv', 'tsv', 'idx', 'uci']).optional(),
  /** Default: a column named like a target (class, label, target, y), else the last one. */
  target: z.union([column, z.array(column).min(1)]).optional(),
  /** Columns that are neither features nor target: row numbers, names, free text. */
  exclude: z.array(column).min(1).optional(),
  /** Whether the first line names the columns; detected when absent. */
  header: z.boolean().optional(),
  delimiter: z.string().length(1).optional(),
  /** IDX only: the file of labels, relative to the document. */
  labels: z.string().min(1).optional(),
})

export const GENERATOR_SCHEMAS = {
  spiral: z.strictObject({
    generator: z.literal('spiral'),
    n: count.default(60),
    turns: positive.default(1),
    noise: z.number().min(0).default(0),
    seed: seed.default(0),
  }),
  planted: z.strictObject({
    generator: z.literal('planted'),
    n: count.default(100),
    d: count.default(3),
    neurons: count.default(3),
    noise: z.number().min(0).default(0.1),
    /** regression: real targets; classification: their signs. */
    task: z.enum(['regression', 'classification']).default('regression'),
    seed: seed.default(0),
  }),
  whitened: z.strictObject({
    generator: z.literal('whitened'),
    n: count.default(12),
    d: count.default(20),
    classes: z.number().int().min(2).default(3),
    seed: seed.default(0),
  }),
  'rank-one': z.strictObject({
    generator: z.literal('rank-one'),
    n: count.default(30),
    d: count.default(5),
    noise: z.number().min(0).default(0),
    seed: seed.default(0),
  }),
  'points-1d': z.strictObject({
    generator: z.literal('points-1d'),
    x: z.array(z.number()).min(2),
    y: z.array(z.number()).min(2),
  }),
} as const

export type GeneratorId = keyof typeof GENERATOR_SCHEMAS
export const generatorDatasetSchema = z.discriminatedUnion('generator', [
  GENERATOR_SCHEMAS.spiral,
  GENERATOR_SCHEMAS.planted,
  GENERATOR_SCHEMAS.whitened,
  GENERATOR_SCHEMAS['rank-one'],
  GENERATOR_SCHEMAS['points-1d'],
])

/** Steps run in the order given, fitted on the training rows only. */
export const STEP_SCHEMAS = {
  /** Mean 0, standard deviation 1 (n − 1) per column; a constant column is an error. */
  standardize: z.strictObject({ step: z.literal('standardize') }),
  /** Mean 0 per column. */
  center: z.strictObject({ step: z.literal('center') }),
  /** Every column divided by its ℓ₂ norm over the training rows. */
  'unit-columns': z.strictObject({ step: z.literal('unit-columns') }),
  /** Every feature multiplied by `by` (1/255 for pixels, say). */
  scale: z.strictObject({ step: z.literal('scale'), by: z.number() }),
  /** X → X V Σ⁻¹ Vᵀ (THEORY 5.3), so that X Xᵀ = I for n ≤ d and full row rank. */
  whiten: z.strictObject({ step: z.literal('whiten') }),
  /**
   * X → X V_k V_kᵀ (THEORY 3.10): only the k leading singular directions stay, `keep` of them or as many as explain the
   * share `variance` of the sum of squares.
   */
  truncate: z
    .strictObject({
      step: z.literal('truncate'),
      keep: count.optional(),
      variance: z.number().gt(0).max(1).optional(),
    })
    .refine(({ keep, variance }) => (keep === undefined) !== (variance === undefined), {
      error: 'Expected either keep or variance',
    }),
  /** Categorical feature columns become indicator columns; all of them when `columns` is absent. */
  'one-hot': z.strictObject({ step: z.literal('one-hot'), columns: z.array(column).min(1).optional() }),
  /** A last feature that is 1 in every row: a bias in each hidden unit, regularised like its other weights. */
  'append-ones': z.strictObject({ step: z.literal('append-ones') }),
  /** Missing cells: the training mean of the column, zero, or the whole row dropped. */
  impute: z.strictObject({ step: z.literal('impute'), with: z.enum(['mean', 'zero', 'drop-row']) }),
  /** At most `perClass` rows of each class, drawn before the split. */
  subsample: z.strictObject({ step: z.literal('subsample'), perClass: count, seed: seed.default(0) }),
} as const

export type StepId = keyof typeof STEP_SCHEMAS
export const stepSchema = z.discriminatedUnion('step', [
  STEP_SCHEMAS.standardize,
  STEP_SCHEMAS.center,
  STEP_SCHEMAS['unit-columns'],
  STEP_SCHEMAS.scale,
  STEP_SCHEMAS.whiten,
  STEP_SCHEMAS.truncate,
  STEP_SCHEMAS['one-hot'],
  STEP_SCHEMAS['append-ones'],
  STEP_SCHEMAS.impute,
  STEP_SCHEMAS.subsample,
])

export const splitSchema = z.strictObject({
  /** Share of the rows held out; 0 trains on everything. */
  test: z.number().min(0).lt(1).default(0),
  seed: seed.default(1),
  stratify: z.boolean().default(true),
})

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

export const limitsSchema = z.strictObject({
  /** Wall-clock seconds a run. */
  seconds: positive.default(600),
  /** Iterations a run (epochs for trained baselines). */
  iterations: count.optional(),
})

export const concreteDocumentSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(200),
  dataset: z.union([fileDatasetSchema, generatorDatasetSchema]),
  preprocess: z.array(stepSchema).default([]),
  split: splitSchema.default({ test: 0, seed: 1, stratify: true }),
  network: networkSchema,
  loss: lossSchema,
  beta: positive,
  methods: z.array(methodSchema).min(1),
  seed: seed.default(0),
  limits: limitsSchema.default({ seconds: 600 }),
})

/** A document without sweeps and with every default filled in: exactly what is run. */
export type ConcreteDocument = z.infer<typeof concreteDocumentSchema>
/** The same before defaults are filled in; what a person writes. */
export type DocumentInput = z.input<typeof concreteDocumentSchema>
export type Dataset = ConcreteDocument['dataset']
export type FileDataset = z.infer<typeof fileDatasetSchema>
export type GeneratorDataset = z.infer<typeof generatorDatasetSchema>
export type Step = z.infer<typeof stepSchema>
export type Split = z.infer<typeof splitSchema>
export type NetworkSettings = z.infer<typeof networkSchema>
export type FamilySettings<Id extends FamilyId> = Extract<NetworkSettings, { family: Id }>
export type ArrangementSettings = z.infer<typeof arrangementsSchema>
export type GrowableArrangements = z.infer<typeof growableSchema>
export type MethodSettings = z.infer<typeof methodSchema>
export type SettingsOf<Id extends MethodId> = Extract<MethodSettings, { id: Id }>

export const isFileDataset = (dataset: Dataset): dataset is FileDataset => 'file' in dataset
