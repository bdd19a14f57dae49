/** Where the data of an experiment come from, what is done to them, and what is held out. */
import { z } from 'zod'
import { count, positive, seed } from './numbers.ts'

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

export type FileDataset = z.infer<typeof fileDatasetSchema>
export type GeneratorDataset = z.infer<typeof generatorDatasetSchema>
export type Step = z.infer<typeof stepSchema>
export type Split = z.infer<typeof splitSchema>
