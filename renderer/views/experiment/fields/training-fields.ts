/** The settings of gradient training as form fields. */
import type { FieldDefinition } from './definitions.ts'

export const MOMENTUM_FIELD: FieldDefinition = {
  path: 'momentum',
  label: 'Momentum',
  kind: 'number',
  help: 'Share of the last step that is kept, from 0 up to below 1.',
  when: ({ optimizer }) => optimizer === 'momentum' || optimizer === 'nesterov',
}

/** Random weights of trained networks. */
const START_FIELDS: FieldDefinition[] = [
  {
    path: 'initialization',
    label: 'Start',
    kind: 'choice',
    help: 'Distribution of the first weights.',
    options: [
      { value: 'kaiming', label: 'Kaiming uniform', hint: 'Scaled to the number of inputs' },
      { value: 'gaussian', label: 'Gaussian', hint: 'With the standard deviation below' },
    ],
  },
  {
    path: 'scale',
    label: 'Start scale',
    kind: 'number',
    help: 'Standard deviation of the first weights; small values start near the zero network.',
    when: ({ initialization }) => initialization === 'gaussian',
  },
]

export const EPOCHS_FIELD: FieldDefinition = {
  path: 'epochs',
  label: 'Epochs',
  kind: 'integer',
  help: 'Passes through the training rows.',
}

export const SCHEDULE_FIELDS: FieldDefinition[] = [
  {
    path: 'schedule',
    label: 'Reduce on plateau',
    kind: 'group',
    help: 'Lowers the learning rate when the objective has stopped improving.',
  },
  {
    path: 'schedule.factor',
    label: 'Factor',
    kind: 'number',
    help: 'What the learning rate is multiplied by, between 0 and 1.',
    when: ({ schedule }) => schedule !== null,
  },
  {
    path: 'schedule.patience',
    label: 'Patience',
    unit: 'epochs',
    kind: 'integer',
    help: 'Epochs without improvement before the rate is lowered.',
    when: ({ schedule }) => schedule !== null,
  },
]

const kindOf = (schedule: unknown) => (schedule as { kind?: string } | null)?.kind

const RATE_FIELDS: FieldDefinition[] = [
  {
    path: 'schedule',
    label: 'Change learning rate',
    kind: 'group',
    help: 'Lowers the learning rate during training.',
  },
  {
    path: 'schedule.kind',
    label: 'When',
    kind: 'choice',
    help: 'What lowers the learning rate.',
    options: [
      { value: 'plateau', label: 'On a plateau', hint: 'When the objective has stopped improving' },
      { value: 'step', label: 'In steps', hint: 'After a fixed number of epochs, again and again' },
      { value: 'cosine', label: 'Cosine', hint: 'Smoothly to 0 at the last epoch' },
    ],
    when: ({ schedule }) => schedule !== null,
  },
  {
    path: 'schedule.factor',
    label: 'Factor',
    kind: 'number',
    help: 'What the learning rate is multiplied by, between 0 and 1.',
    when: ({ schedule }) => schedule !== null && kindOf(schedule) !== 'cosine',
  },
  {
    path: 'schedule.patience',
    label: 'Patience',
    unit: 'epochs',
    kind: 'integer',
    help: 'Epochs without improvement before the rate is lowered.',
    when: ({ schedule }) => kindOf(schedule) === 'plateau',
  },
  {
    path: 'schedule.every',
    label: 'Every',
    unit: 'epochs',
    kind: 'integer',
    help: 'Epochs between two steps of the learning rate.',
    when: ({ schedule }) => kindOf(schedule) === 'step',
  },
  {
    path: 'warmup',
    label: 'Warm-up',
    unit: 'epochs',
    kind: 'integer',
    help: 'First epochs, over which the learning rate grows in equal steps to its full size.',
  },
]

export const SGD_FIELDS: FieldDefinition[] = [
  {
    path: 'optimizer',
    label: 'Optimiser',
    kind: 'choice',
    help: 'How a gradient becomes a step.',
    options: [
      { value: 'gd', label: 'GD', hint: 'All rows at every step' },
      { value: 'sgd', label: 'SGD', hint: 'Mini-batches' },
      { value: 'momentum', label: 'SGD, momentum', hint: 'Mini-batches, heavy ball' },
      { value: 'nesterov', label: 'SGD, Nesterov', hint: 'Mini-batches, momentum that looks ahead' },
      { value: 'adam', label: 'Adam', hint: 'Mini-batches, adaptive steps' },
      {
        value: 'adamw',
        label: 'AdamW',
        hint: 'Adam beside a plain decay: settles off the objective’s minimum',
      },
      { value: 'adagrad', label: 'Adagrad', hint: 'Mini-batches, steps shrink with the gradients seen' },
      { value: 'adadelta', label: 'Adadelta', hint: 'Mini-batches, own units: learning rate near 1' },
    ],
  },
  {
    path: 'learningRate',
    label: 'Learning rate',
    kind: 'number',
    help: 'Step length. Several values make a sweep: 0.1, 0.01, 0.001.',
  },
  MOMENTUM_FIELD,
  EPOCHS_FIELD,
  {
    path: 'batchSize',
    label: 'Batch size',
    unit: 'rows',
    kind: 'integer',
    words: ['full'],
    help: 'Rows per step; “full” takes all of them.',
    when: ({ optimizer }) => optimizer !== 'gd',
  },
  {
    path: 'trials',
    label: 'Trials',
    kind: 'integer',
    help: 'Independent runs, each from its own random start; charts show them as a band.',
  },
  ...START_FIELDS,
  ...RATE_FIELDS,
  {
    path: 'precision',
    label: 'Precision',
    kind: 'choice',
    help: 'Of the arithmetic of training; objectives are always evaluated in double precision.',
    options: [
      { value: 'f64', label: 'Double', hint: 'The objective with every step of GD' },
      { value: 'f32', label: 'Single', hint: 'About twice as fast on large data' },
    ],
  },
  {
    path: 'statistics',
    label: 'BN statistics',
    kind: 'choice',
    help: 'What batch normalisation stores for predictions; the objective takes those of the training rows in any case.',
    options: [
      { value: 'training', label: 'Training rows', hint: 'Of all rows at the final weights' },
      { value: 'running', label: 'Running averages', hint: 'Of the batches, a tenth of each new one' },
    ],
  },
]

export const WHITENED_GD_FIELDS: FieldDefinition[] = [
  {
    path: 'learningRate',
    label: 'Learning rate',
    kind: 'number',
    help: 'Step length of both descents, on the whitened data and on the data themselves.',
  },
  EPOCHS_FIELD,
  ...START_FIELDS,
]
