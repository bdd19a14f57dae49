/** Generators, preprocessing steps and the split as form fields. Tests hold them against their schemas. */
import type { GeneratorId, StepId } from '../../../../core/experiments/document.ts'
import type { FieldDefinition } from './definitions.ts'

export interface KindDefinition {
  title: string
  /** One sentence: what it makes or does. */
  summary: string
  fields: FieldDefinition[]
}

const rows = (help: string): FieldDefinition => ({ path: 'n', label: 'Rows', kind: 'integer', help })
const features: FieldDefinition = {
  path: 'd',
  label: 'Features',
  kind: 'integer',
  help: 'Columns of X before preprocessing.',
}
const noise = (help: string): FieldDefinition => ({ path: 'noise', label: 'Noise', kind: 'number', help })
const seed = (help: string): FieldDefinition => ({ path: 'seed', label: 'Seed', kind: 'integer', help })
const drawSeed = seed('Another seed draws other data of the same kind.')

export const GENERATOR_FIELDS: Record<GeneratorId, KindDefinition> = {
  spiral: {
    title: 'Spiral',
    summary: 'Two interleaved spirals in the plane, labels ±1.',
    fields: [
      rows('Points on both arms together.'),
      { path: 'turns', label: 'Turns', kind: 'number', help: 'How often each arm goes round.' },
      noise('Standard deviation added to the coordinates.'),
      drawSeed,
    ],
  },
  planted: {
    title: 'Planted teacher',
    summary: 'Gaussian rows labelled by a small random ReLU network.',
    fields: [
      rows('Samples drawn.'),
      features,
      {
        path: 'neurons',
        label: 'Teacher neurons',
        kind: 'integer',
        help: 'Hidden units of the network that labels.',
      },
      noise('Standard deviation added to the targets.'),
      {
        path: 'task',
        label: 'Task',
        kind: 'choice',
        help: 'Real targets, or their signs as two classes.',
        options: [
          { value: 'regression', label: 'Regression', hint: 'Real targets' },
          { value: 'classification', label: 'Classification', hint: 'Signs of the targets' },
        ],
      },
      drawSeed,
    ],
  },
  whitened: {
    title: 'Whitened rows',
    summary: 'Orthonormal rows with class labels: the closed forms apply exactly.',
    fields: [
      rows('Samples; at most the number of features.'),
      features,
      { path: 'classes', label: 'Classes', kind: 'integer', help: 'Number of labels, at least 2.' },
      drawSeed,
    ],
  },
  'rank-one': {
    title: 'Rank one',
    summary: 'Every row a multiple of one direction: all cells can be enumerated.',
    fields: [rows('Samples drawn.'), features, noise('Standard deviation added to the targets.'), drawSeed],
  },
  'points-1d': {
    title: 'Points on a line',
    summary: 'Your own pairs (x, y) with one feature.',
    fields: [
      { path: 'x', label: 'x', kind: 'numbers', help: 'Positions, separated by commas or spaces.' },
      { path: 'y', label: 'y', kind: 'numbers', help: 'As many targets as positions.' },
    ],
  },
}

export const STEP_FIELDS: Record<StepId, KindDefinition> = {
  standardize: {
    title: 'Standardise',
    summary: 'Every feature gets mean 0 and standard deviation 1 over the training rows.',
    fields: [],
  },
  center: { title: 'Centre', summary: 'Every feature gets mean 0 over the training rows.', fields: [] },
  'unit-columns': {
    title: 'Unit columns',
    summary: 'Every feature is divided by its ℓ₂ norm over the training rows.',
    fields: [],
  },
  scale: {
    title: 'Scale',
    summary: 'Every feature is multiplied by one number, 1/255 for pixels.',
    fields: [{ path: 'by', label: 'Factor', kind: 'number', help: 'What every feature is multiplied by.' }],
  },
  whiten: {
    title: 'Whiten',
    summary: 'Rows become orthonormal where n ≤ d and the rank is full. Do not centre first.',
    fields: [],
  },
  truncate: {
    title: 'Truncate',
    summary: 'Only the leading singular directions of the training rows are kept.',
    fields: [
      {
        path: 'variance',
        label: 'Explained variance',
        kind: 'number',
        help: 'Keep as many directions as explain this share of the sum of squares. Empty where the number is given.',
      },
      {
        path: 'keep',
        label: 'Directions',
        kind: 'integer',
        help: 'Keep exactly so many directions. Empty where the share is given.',
      },
    ],
  },
  'one-hot': {
    title: 'One-hot',
    summary: 'Categorical feature columns become indicator columns.',
    fields: [],
  },
  'append-ones': {
    title: 'Constant feature',
    summary:
      'A last feature that is 1 in every row: a bias in each hidden unit, regularised like other weights.',
    fields: [],
  },
  impute: {
    title: 'Missing cells',
    summary: 'What to do with cells that hold nothing.',
    fields: [
      {
        path: 'with',
        label: 'Fill with',
        kind: 'choice',
        help: 'The training mean of the column, zero, or the whole row dropped.',
        options: [
          { value: 'mean', label: 'Training mean' },
          { value: 'zero', label: 'Zero' },
          { value: 'drop-row', label: 'Drop the row' },
        ],
      },
    ],
  },
  subsample: {
    title: 'Subsample',
    summary: 'At most so many rows of each class, drawn before the split.',
    fields: [
      { path: 'perClass', label: 'Rows per class', kind: 'integer', help: 'Smaller classes stay whole.' },
      seed('Another seed draws other rows.'),
    ],
  },
}

export const SPLIT_FIELDS: FieldDefinition[] = [
  {
    path: 'test',
    label: 'Test share',
    kind: 'number',
    help: 'Share of the rows held out, from 0 up to below 1; 0 trains on everything.',
  },
  {
    ...seed('Another seed holds out other rows.'),
    path: 'seed',
    label: 'Split seed',
    when: ({ test }) => test !== 0,
  },
  {
    path: 'stratify',
    label: 'Stratify',
    kind: 'switch',
    help: 'Keeps the class shares in both parts.',
    when: ({ test }) => test !== 0,
  },
]
