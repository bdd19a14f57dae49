/** The settings that the methods over cells share, as form fields. */
import type { Option } from '../../../components/options.ts'
import type { FieldDefinition } from './definitions.ts'

type Settings = Record<string, unknown>
const arrangementMode = (settings: Settings) => (settings.arrangements as Settings | undefined)?.mode

const ENUMERATE: Option<string> = {
  value: 'enumerate',
  label: 'All',
  hint: 'Every cell of the arrangement, refused above the limit',
}
const SAMPLE: Option<string> = { value: 'sample', label: 'Sample', hint: 'Patterns of random gate vectors' }

/** Fields of `arrangements` and `tolerance`, with these ways to find cells. */
function cellFields(help: string, options: readonly Option<string>[]): FieldDefinition[] {
  return [
    { path: 'arrangements.mode', label: 'Patterns', kind: 'choice', help, options },
    {
      path: 'arrangements.count',
      label: 'Gate vectors',
      kind: 'integer',
      help: 'Random gate vectors drawn when sampling; repeated patterns are kept once.',
      when: (settings) => ['auto', 'sample'].includes(String(arrangementMode(settings))),
    },
    {
      path: 'arrangements.limit',
      label: 'Pattern limit',
      kind: 'integer',
      help: 'Enumeration of more cells than this is refused before it starts.',
      when: (settings) => ['auto', 'enumerate'].includes(String(arrangementMode(settings))),
    },
    {
      path: 'tolerance',
      label: 'Tolerance',
      kind: 'number',
      help: 'Stops when the solver gap is below tolerance × max(1, objective).',
    },
  ]
}

/** Cells that are all there, or a sample. */
export const FIXED_CELLS_FIELDS: FieldDefinition[] = cellFields(
  'Where the activation patterns come from. Only all of them bound the network itself.',
  [{ value: 'auto', label: 'Automatic', hint: 'All of them up to rank 3, else a sample' }, ENUMERATE, SAMPLE],
)

/** The exact program: cells that may grow, and the proof over all neurons. */
export const EXACT_PROGRAM_FIELDS: FieldDefinition[] = [
  ...cellFields(
    'Where the activation patterns come from: all of them, a sample, or those that the dual asks for.',
    [
      { value: 'auto', label: 'Automatic', hint: 'All of them up to rank 3, else growth' },
      ENUMERATE,
      SAMPLE,
      { value: 'grow', label: 'Grow', hint: 'Patterns of neurons that the dual prices above β' },
    ],
  ),
  {
    path: 'search.starts',
    label: 'Search starts',
    kind: 'integer',
    help: 'Random starts of every search for neurons to grow by; more find more, and take longer.',
    when: (settings) => ['auto', 'grow'].includes(String(arrangementMode(settings))),
  },
  {
    path: 'proof.cones',
    label: 'Proof, cones',
    kind: 'integer',
    help: 'Cones bounded at most in the search for a lower bound over all neurons.',
  },
  {
    path: 'proof.epsilon',
    label: 'Proof, precision',
    kind: 'number',
    help: 'Relative precision at which that search ends.',
  },
]
