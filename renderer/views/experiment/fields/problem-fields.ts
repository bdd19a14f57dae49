/** Network, loss, β and limits as form fields. */
import type { FamilyId, LossId } from '../../../../core/experiments/document.ts'
import type { Option } from '../../../components/options.ts'
import type { FieldDefinition } from './definitions.ts'

export const FAMILY_OPTIONS: readonly (Option<FamilyId> & { hint: string })[] = [
  { value: 'relu', label: 'Two-layer ReLU', hint: 'Weight decay on both layers' },
  { value: 'bn-relu', label: 'Batch norm, then ReLU', hint: 'Decay on γ, α and the output weights only' },
]

export const LOSS_OPTIONS: readonly (Option<LossId> & { hint: string })[] = [
  { value: 'squared', label: 'Squared', hint: 'Half the sum of squares' },
  { value: 'hinge', label: 'Hinge', hint: 'Two classes, labels ±1' },
  { value: 'logistic', label: 'Logistic', hint: 'Two classes, labels ±1' },
  { value: 'cross-entropy', label: 'Cross-entropy', hint: 'One-hot labels' },
  { value: 'equality', label: 'Equality', hint: 'Fit exactly with the smallest weights; β is not used' },
]

export const NETWORK_FIELDS: FieldDefinition[] = [
  {
    path: 'family',
    label: 'Family',
    kind: 'choice',
    help: 'What a hidden unit computes.',
    options: FAMILY_OPTIONS,
  },
  {
    path: 'width',
    label: 'Width',
    unit: 'units',
    kind: 'integer',
    help: 'Hidden units of the trained baselines; convex programs and closed forms find their own number.',
  },
  {
    path: 'outputs',
    label: 'Outputs',
    kind: 'choice',
    help: 'How classes become targets.',
    options: [
      { value: 'auto', label: 'Automatic', hint: 'Two classes ±1, more one-hot' },
      { value: 'scalar', label: 'One output', hint: 'Labels ±1 or real' },
      { value: 'one-hot', label: 'One per class', hint: 'One-hot labels' },
    ],
  },
]

export const LIMIT_FIELDS: FieldDefinition[] = [
  {
    path: 'seconds',
    label: 'Time limit',
    unit: 's',
    kind: 'number',
    help: 'Wall-clock seconds for each run.',
  },
  {
    path: 'iterations',
    label: 'Iteration limit',
    kind: 'integer',
    optional: true,
    help: 'Iterations for each run, epochs for trained baselines. Empty: no limit.',
  },
]
