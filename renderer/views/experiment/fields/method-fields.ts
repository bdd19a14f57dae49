/** The settings of every method as form fields. A test holds them against METHOD_SCHEMAS, both ways. */
import { THEOREMS } from '../../../../core/closed-form/theorems.ts'
import { THEOREM_IDS, type MethodId } from '../../../../core/experiments/document.ts'
import { EXACT_PROGRAM_FIELDS, FIXED_CELLS_FIELDS, GROWABLE_CELLS_FIELDS } from './convex-fields.ts'
import type { FieldDefinition } from './definitions.ts'
import {
  EPOCHS_FIELD,
  MOMENTUM_FIELD,
  SCHEDULE_FIELDS,
  SGD_FIELDS,
  WHITENED_GD_FIELDS,
} from './training-fields.ts'

export const METHOD_FIELDS: Record<MethodId, FieldDefinition[]> = {
  convex: [
    ...EXACT_PROGRAM_FIELDS,
    {
      path: 'solver',
      label: 'Solver',
      kind: 'choice',
      help: 'Two independent algorithms for the same program; use one to check the other.',
      options: [
        { value: 'active-set', label: 'Active set', hint: 'Working sets with exact cone projections' },
        { value: 'admm', label: 'ADMM', hint: 'The whole program at once: slower, a second opinion' },
      ],
    },
  ],
  path: [
    {
      path: 'points',
      label: 'Points',
      kind: 'integer',
      help: 'Values of β in equal ratios, from where the zero network is optimal down to the weight decay of the problem.',
    },
    ...EXACT_PROGRAM_FIELDS,
  ],
  gated: FIXED_CELLS_FIELDS,
  penalized: [
    {
      path: 'arrangements.count',
      label: 'Gate vectors',
      kind: 'integer',
      help: 'Random gate vectors drawn; each pattern has two neurons for every output.',
    },
    {
      path: 'penalty',
      label: 'Penalty ρ',
      kind: 'number',
      help: 'Price of violated cone constraints; larger values leave less violation and need smaller steps.',
    },
    {
      path: 'optimizer',
      label: 'Optimiser',
      kind: 'choice',
      help: 'How a gradient becomes a step; blocks shrink to exactly zero in each.',
      options: [
        { value: 'sgd', label: 'SGD', hint: 'Plain proximal steps' },
        { value: 'momentum', label: 'SGD, momentum', hint: 'Proximal heavy ball' },
        { value: 'adam', label: 'Adam', hint: 'Adaptive proximal steps' },
      ],
    },
    {
      path: 'learningRate',
      label: 'Learning rate',
      kind: 'number',
      help: 'Step length, relative to the curvature of the program. Several values make a sweep: 0.3, 0.1, 0.03.',
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
    },
    ...SCHEDULE_FIELDS,
  ],
  'low-rank': [
    {
      path: 'rank',
      label: 'Directions kept',
      kind: 'integer',
      words: ['variance'],
      help: 'Leading singular directions of the data; “variance” keeps as many as explain the share below.',
    },
    {
      path: 'variance',
      label: 'Explained variance',
      kind: 'number',
      help: 'Share of the sum of squares that the directions kept explain, up to 1.',
      when: ({ rank }) => rank === 'variance',
    },
    ...EXACT_PROGRAM_FIELDS,
  ],
  'cutting-planes': [
    {
      path: 'oracle',
      label: 'Oracle',
      kind: 'choice',
      help: 'What looks for the neuron that the dual violates most. It is exact on spike-free data either way.',
      options: [
        { value: 'auto', label: 'Automatic', hint: 'Exact where that is quick, else spike-free' },
        {
          value: 'spike-free',
          label: 'Spike-free',
          hint: 'Neurons active on every sample, by a cone projection',
        },
        { value: 'exact', label: 'Exact', hint: 'All neurons, by enumerating the cells' },
      ],
    },
    {
      path: 'limit',
      label: 'Pattern limit',
      kind: 'integer',
      help: 'Enumeration of more cells than this is refused before it starts.',
      when: ({ oracle }) => oracle !== 'spike-free',
    },
    {
      path: 'extremePoints',
      label: 'Start with extreme points',
      kind: 'switch',
      help: 'Begins with the neurons that are active on one sample only.',
    },
    {
      path: 'tolerance',
      label: 'Tolerance',
      kind: 'number',
      help: 'Stops when the gap between objective and dual is below tolerance × objective.',
    },
  ],
  'closed-form': [
    {
      path: 'theorem',
      label: 'Theorem',
      kind: 'choice',
      help: 'Which theorem writes the weights down; “automatic” takes the first that covers the data.',
      options: [
        { value: 'auto', label: 'Automatic', hint: 'The first that covers the data' },
        ...THEOREM_IDS.map((id) => ({ value: id, label: THEOREMS[id].name, hint: THEOREMS[id].source })),
      ],
    },
    {
      path: 'override',
      label: 'Run outside its hypotheses',
      kind: 'switch',
      help: 'Evaluates the formula although a hypothesis fails; the result is marked as not covered by the theorem.',
    },
  ],
  sgd: SGD_FIELDS,
  'whitened-gd': WHITENED_GD_FIELDS,
  'least-squares': [],
  'convex-rf': [
    {
      path: 'patches',
      label: 'Patches',
      kind: 'integer',
      help: 'Random patches drawn from the training images; each gives a filter unless the others surround it.',
    },
    { path: 'patch', label: 'Patch side', unit: 'pixels', kind: 'integer', help: 'Side of a square patch.' },
    {
      path: 'stride',
      label: 'Stride',
      unit: 'pixels',
      kind: 'integer',
      help: 'Distance between positions of a filter.',
    },
    {
      path: 'whiten',
      label: 'Whiten',
      kind: 'switch',
      help: 'Zero-phase whitening of the patches: filters become edges rather than averages.',
    },
    {
      path: 'epsilon',
      label: 'Variance floor ε',
      kind: 'number',
      help: 'Added to variances before they divide, relative to those of the patches; larger values damp noise.',
    },
    {
      path: 'pooling',
      label: 'Pooling',
      kind: 'choice',
      help: 'What is kept of a filter’s responses within a cell of the image.',
      options: [
        { value: 'max', label: 'Maximum', hint: 'As in the paper' },
        { value: 'average', label: 'Average', hint: 'How often and how strongly it responds' },
      ],
    },
    {
      path: 'cells',
      label: 'Cells a side',
      kind: 'integer',
      help: 'The image is pooled over this many cells along each axis.',
    },
    {
      path: 'tolerance',
      label: 'Tolerance',
      kind: 'number',
      help: 'Relative gap at which the program of the output weights counts as solved.',
    },
  ],
  stacking: [
    {
      path: 'stages',
      label: 'Stages',
      kind: 'integer',
      help: 'How often the program is solved, each time on the responses of the stage before.',
    },
    {
      path: 'solver',
      label: 'Stage program',
      kind: 'choice',
      help: 'How every stage is solved.',
      options: [
        { value: 'convex', label: 'Exact', hint: 'Cone constraints enforced, each stage certified' },
        {
          value: 'penalized',
          label: 'Penalised',
          hint: 'Gradient steps, for large data; two-layer relu networks',
        },
      ],
    },
    {
      path: 'input',
      label: 'Keep the input',
      kind: 'switch',
      help: 'Every stage also sees what the stage before it saw, not only its responses.',
    },
    ...GROWABLE_CELLS_FIELDS,
    { ...EPOCHS_FIELD, when: ({ solver }) => solver === 'penalized' },
  ],
  ntk: [
    {
      path: 'bias',
      label: 'Bias',
      kind: 'switch',
      help: 'Compares rows with a 1 appended; without it, data on a line have a kernel of rank 2 and cannot be fitted.',
    },
    {
      path: 'norm',
      label: 'Regularise',
      kind: 'choice',
      help: 'What the weight decay acts on when the loss is squared.',
      options: [
        { value: 'coefficients', label: 'Coefficients', hint: 'Sum of squares of the kernel’s coefficients' },
        { value: 'function', label: 'Function', hint: 'Norm of the function, as in kernel ridge regression' },
      ],
    },
  ],
}
