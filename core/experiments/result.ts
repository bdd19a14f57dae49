/** The result document (version 1) and everything a run says about itself. Numbers that do not exist are null. */
import { z } from 'zod'
import { METHOD_IDS } from './document.ts'

/** How a run ended; a value, never a boolean. `solved` only when the stopping test held at the returned point. */
export const RUN_STATUSES = [
  'solved',
  'almostSolved',
  'maxIterations',
  'maxTime',
  'stalled',
  'diverged',
  'numericalError',
  'cancelled',
  'failed',
] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

/**
 * What was proved. global: optimal for the network up to `gap`. bound: `lowerBound` holds for the network, the gap
 * is what is left. dictionary: optimal only for the sampled patterns; says nothing of the network. none: nothing.
 */
export const CERTIFICATE_LEVELS = ['global', 'bound', 'dictionary', 'none'] as const
export type CertificateLevel = (typeof CERTIFICATE_LEVELS)[number]

const real = z.number().nullable()

export const certificateSchema = z.strictObject({
  level: z.enum(CERTIFICATE_LEVELS),
  /** Of the network problem for `global` and `bound`, of the sampled program for `dictionary`. */
  lowerBound: real,
  /** Absolute: objective − lowerBound. Null exactly when there is no bound. */
  gap: real,
  /** A sentence: how it was proved. */
  how: z.string(),
})
export type Certificate = z.infer<typeof certificateSchema>

export const hypothesisSchema = z.strictObject({
  /** `rank([X 1]) = n`, `labels one-hot`, … */
  name: z.string(),
  holds: z.boolean(),
  /** The measured quantity, when there is one. */
  value: z.union([z.number(), z.string()]).nullable(),
})
export type Hypothesis = z.infer<typeof hypothesisSchema>

const scoreSchema = z.strictObject({
  /** Sum over samples, as in the objective. */
  loss: real,
  /** In [0, 1]; null for regression. */
  accuracy: real,
})
export type Score = z.infer<typeof scoreSchema>

export const pathPointSchema = z.strictObject({
  beta: z.number(),
  status: z.enum(RUN_STATUSES),
  /** Loss + regulariser at this β of the network found there. */
  objective: real,
  certificate: certificateSchema,
  train: scoreSchema,
  test: scoreSchema.nullable(),
  neurons: z.number().int(),
  seconds: z.number(),
})
export type PathPoint = z.infer<typeof pathPointSchema>

/** Of one weight matrix at the end of a run (THEORY §7). */
const layerMeasureSchema = z.strictObject({
  rows: z.number().int(),
  cols: z.number().int(),
  /** #{σᵢ > tolerance·σ₁}. */
  rank: z.number().int(),
  /** ‖W‖²_F/σ₁². */
  stableRank: z.number(),
  operatorNorm: z.number(),
  frobeniusNorm: z.number(),
  /** The largest ones, descending. */
  singularValues: z.array(z.number()),
})
export type RecordedLayer = z.infer<typeof layerMeasureSchema>

export const runMeasuresSchema = z.strictObject({
  /** Of the numerical ranks, relative to σ₁. */
  tolerance: z.number(),
  layers: z.array(layerMeasureSchema),
  /** |cos| between leading singular vectors of layers l and l + 1; null where there is none. */
  alignments: z.array(real),
  /** Distinct activation patterns of first-layer neurons on the training rows, and how many there can be. */
  patterns: z.strictObject({ found: z.number().int(), bound: real }).nullable(),
  /** Σⱼ |vᵢᵀwⱼ|/‖wⱼ‖ over first-layer neurons, for the directions vᵢ that theory predicts. */
  projections: z.strictObject({ name: z.string(), sums: z.array(z.number()) }).nullable(),
  /** Of the last hidden layer on the training rows (see core/measures/neural-collapse.ts); null for regression. */
  collapse: z
    .strictObject({
      withinClass: z.number(),
      equinorm: z.number(),
      equiangularity: z.number(),
      maximalAngle: z.number(),
      simplexDistance: z.number(),
      duality: z.number(),
    })
    .nullable(),
  /** Of networks along data on a line (see core/measures/spline.ts); the kinks of the largest jumps. */
  spline: z
    .strictObject({
      deviation: z.number(),
      relativeDeviation: real,
      jumpAtPoints: z.number(),
      kinks: z.array(z.strictObject({ at: z.number(), jump: z.number(), distance: z.number() })),
    })
    .optional(),
})
export type RunMeasures = z.infer<typeof runMeasuresSchema>

export const runRecordSchema = z.strictObject({
  /** Unique in its experiment, stable across runs of the same document: `convex`, `sgd-2`, `convex@beta=0.1`. */
  key: z.string(),
  method: z.enum(METHOD_IDS),
  /** The words for tables and legends: "SGD, momentum". */
  label: z.string(),
  trial: z.number().int().min(0),
  /** The swept values of this run, by JSON path; empty without sweeps. */
  point: z.record(z.string(), z.number()),
  status: z.enum(RUN_STATUSES),
  seconds: z.number(),
  iterations: z.number().int(),
  /** Loss + regulariser of the network at the recovered weights, training data, double precision. */
  objective: real,
  programObjective: real,
  dual: real,
  /** programObjective − dual. */
  solverGap: real,
  certificate: certificateSchema,
  train: scoreSchema,
  test: scoreSchema.nullable(),
  neurons: z.number().int(),
  /** Numerical rank per layer. */
  ranks: z.array(z.number().int()),
  /** Of the returned network; absent in results of older versions and without a network. */
  measures: runMeasuresSchema.optional(),
  hypotheses: z.array(hypothesisSchema),
  /** Of path runs: a point for each β, the document's last. */
  path: z.array(pathPointSchema).optional(),
  /** Whether the run was stopped and can go on from where it was. */
  resumable: z.boolean().optional(),
  /** Method-specific figures with their names: arrangements found, theoretical bound, … */
  details: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  error: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      place: z
        .strictObject({
          file: z.string().optional(),
          row: z.number().optional(),
          column: z.union([z.number(), z.string()]).optional(),
          path: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
})
export type RunRecord = z.infer<typeof runRecordSchema>

const spikeFactSchema = z
  .strictObject({
    holds: z.boolean(),
    /** Two rows that show why not, zero-based; null where it holds, or where it is clear without. */
    rows: z.array(z.number().int()).nullable(),
  })
  .nullable()

/** Whether (Xu)₊ = Xz, ‖z‖ ≤ ‖u‖ for all u (THEORY 5.10), and the same with free biases; null where not known quickly. */
export const spikeFactsSchema = z.strictObject({ plain: spikeFactSchema, bias: spikeFactSchema })
export type SpikeFacts = z.infer<typeof spikeFactsSchema>

/** A few training rows (zero-based) and their inner products: all that the geometry of a layer of ReLUs depends on. */
export const shownRowsSchema = z.strictObject({
  rows: z.array(z.number().int()),
  gram: z.array(z.array(z.number())),
})
export type ShownRows = z.infer<typeof shownRowsSchema>

/** Facts about the prepared training data; hypotheses of theorems are functions of these alone. */
export const problemSummarySchema = z.strictObject({
  sha256: z.string(),
  /** Training rows, features after preprocessing, network outputs K, test rows. */
  n: z.number().int(),
  d: z.number().int(),
  outputs: z.number().int(),
  nTest: z.number().int(),
  /** Class names in label order; empty for regression. For ±1 labels the first is −1, the second +1. */
  classes: z.array(z.string()),
  classCounts: z.array(z.number().int()),
  /** How Y is coded. */
  labels: z.enum(['real', 'sign', 'one-hot']),
  /** Numerical ranks of X, of [X 1] and of the centred X. */
  rank: z.number().int(),
  rankWithOnes: z.number().int(),
  rankCentered: z.number().int(),
  /** Extreme non-zero singular values of X. */
  sigmaMax: z.number(),
  sigmaMin: z.number(),
  /** max |X Xᵀ − I|: 0 for whitened rows. Null when n > d (impossible). */
  whitenedError: real,
  /** These two are absent in results of older versions. */
  spikeFree: spikeFactsSchema.optional(),
  shownRows: shownRowsSchema.optional(),
  /** Pixels per side and channels when the data are images. */
  image: z
    .strictObject({ height: z.number().int(), width: z.number().int(), channels: z.number().int() })
    .nullable(),
})
export type ProblemSummary = z.infer<typeof problemSummarySchema>

export const environmentSchema = z.strictObject({
  bidual: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
})
export type Environment = z.infer<typeof environmentSchema>

export const resultDocumentSchema = z.strictObject({
  version: z.literal(1),
  experiment: z.unknown(),
  data: problemSummarySchema,
  environment: environmentSchema,
  runs: z.array(runRecordSchema),
})
export type ResultDocument = z.infer<typeof resultDocumentSchema>

/** One recorded step of a run; absent quantities were not computed at that step. */
export interface HistoryPoint {
  iteration: number
  seconds: number
  objective?: number
  dual?: number
  /** Training accuracy, where it is known at no extra cost. */
  accuracy?: number
  /** At some steps only: all of them together take below a twentieth of the work of training. */
  measures?: StepMeasures
}

/** Measures of THEORY §7 at one step of training; arrays have an entry a layer, from input to output. */
export interface StepMeasures {
  ranks: number[]
  stableRanks: number[]
  operatorNorms: number[]
  frobeniusNorms: number[]
  /** Between layers l and l + 1. */
  alignments: (number | null)[]
  /** Active hidden neurons. */
  neurons: number
  train: Score
  test: Score | null
  /** Cosine similarity of the first layer to its start along singular directions of the data, by their indices. */
  similarities?: { directions: number[]; cosines: (number | null)[] }
}
