/**
 * The experiment document, version 1: one JSON file that feeds form, command line, gallery, workers and report.
 *
 * These schemas are its only definition; the types are inferred from them. Unknown keys are errors with their path.
 * A *document* may hold sweeps in place of numbers; a *concrete* document (what is run) has none: see expand.ts.
 */
import { z } from 'zod'
import {
  fileDatasetSchema,
  generatorDatasetSchema,
  splitSchema,
  stepSchema,
  type FileDataset,
} from './schema/data.ts'
import { methodSchema } from './schema/methods.ts'
import { lossSchema, networkSchema } from './schema/network.ts'
import { count, positive, seed } from './schema/numbers.ts'

export * from './schema/data.ts'
export * from './schema/methods.ts'
export * from './schema/network.ts'

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

export const isFileDataset = (dataset: Dataset): dataset is FileDataset => 'file' in dataset
