/** Loss and limits as form fields; the network's are in network-fields.ts. */
import type { LossId } from '../../../../core/experiments/document.ts'
import type { Option } from '../../../components/options.ts'
import type { FieldDefinition } from './definitions.ts'

export const LOSS_OPTIONS: readonly (Option<LossId> & { hint: string })[] = [
  { value: 'squared', label: 'Squared', hint: 'Half the sum of squares' },
  { value: 'hinge', label: 'Hinge', hint: 'Two classes, labels ±1' },
  { value: 'logistic', label: 'Logistic', hint: 'Two classes, labels ±1' },
  { value: 'cross-entropy', label: 'Cross-entropy', hint: 'One-hot labels' },
  { value: 'equality', label: 'Equality', hint: 'Fit exactly with the smallest weights; β is not used' },
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
