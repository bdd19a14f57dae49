/** Every network family as form fields: what it is called and the settings that it has. */
import type { FamilyId } from '../../../../core/experiments/document.ts'
import type { Option } from '../../../components/options.ts'
import type { FieldDefinition } from './definitions.ts'

export const FAMILY_OPTIONS: readonly (Option<FamilyId> & { hint: string })[] = [
  { value: 'relu', label: 'ReLU', hint: 'Weight decay on every layer' },
  { value: 'relu-bias', label: 'ReLU with bias', hint: 'Biases are free, weights decay' },
  { value: 'bn-relu', label: 'Batch norm, then ReLU', hint: 'Decay on γ, α and the output weights only' },
  { value: 'relu-bn', label: 'ReLU, then batch norm', hint: 'Decay on γ, α and the output weights only' },
  { value: 'conv-bn', label: 'Convolution, batch norm', hint: 'Filters on patches of images or signals' },
  { value: 'parallel', label: 'Parallel, path norm', hint: 'Three-layer sub-networks side by side' },
  {
    value: 'parallel-decay',
    label: 'Parallel, weight decay',
    hint: 'The same sub-networks, weight decay on every layer',
  },
  { value: 'linear', label: 'Linear', hint: 'No activation, weight decay on every layer' },
]

const LAYERS: FieldDefinition = {
  path: 'layers',
  label: 'Layers',
  kind: 'integer',
  help: 'Weight matrices, the output layer included: 2 is one hidden layer.',
}
const WIDTH: FieldDefinition = {
  path: 'width',
  label: 'Width',
  unit: 'units',
  kind: 'integer',
  help: 'Hidden units of the trained baselines; convex programs and closed forms find their own number.',
}
const OUTPUTS: FieldDefinition = {
  path: 'outputs',
  label: 'Outputs',
  kind: 'choice',
  help: 'How classes become targets.',
  options: [
    { value: 'auto', label: 'Automatic', hint: 'Two classes ±1, more one-hot' },
    { value: 'scalar', label: 'One output', hint: 'Labels ±1 or real' },
    { value: 'one-hot', label: 'One per class', hint: 'One-hot labels' },
  ],
}

const SUB_NETWORKS: FieldDefinition[] = [
  {
    path: 'm1',
    label: 'First layer',
    kind: 'integer',
    help: 'Hidden units in the first layer of every sub-network.',
  },
  {
    path: 'm2',
    label: 'Second layer',
    kind: 'integer',
    help: 'Hidden units in the second layer of every sub-network.',
  },
  {
    path: 'branches',
    label: 'Sub-networks',
    kind: 'integer',
    help: 'Sub-networks of the trained baselines; the convex program finds its own number.',
  },
  OUTPUTS,
]

export const NETWORK_FIELDS: Record<FamilyId, FieldDefinition[]> = {
  relu: [LAYERS, WIDTH, OUTPUTS],
  'relu-bias': [
    LAYERS,
    WIDTH,
    {
      path: 'outputBias',
      label: 'Output bias',
      kind: 'switch',
      help: 'A constant that is added to every prediction at no cost; without it the optimum is higher.',
    },
    OUTPUTS,
  ],
  'bn-relu': [LAYERS, WIDTH, OUTPUTS],
  'relu-bn': [LAYERS, WIDTH, OUTPUTS],
  'conv-bn': [
    {
      path: 'filter',
      label: 'Filter',
      kind: 'size',
      help: 'Side of a square filter, or height × width; along the row where the data are no images.',
    },
    {
      path: 'stride',
      label: 'Stride',
      kind: 'integer',
      help: 'Steps between neighbouring patches.',
    },
    {
      path: 'padding',
      label: 'Padding',
      kind: 'integer',
      help: 'Zeros added at each edge before patches are cut.',
    },
    {
      ...WIDTH,
      label: 'Filters',
      unit: undefined,
      help: 'Number of filters of the trained baselines; the convex program finds its own number.',
    },
    OUTPUTS,
  ],
  parallel: SUB_NETWORKS,
  'parallel-decay': SUB_NETWORKS,
  linear: [LAYERS, WIDTH, OUTPUTS],
}
