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

/** Cells that may grow. */
export const GROWABLE_CELLS_FIELDS: FieldDefinition[] = cellFields(
  'Where the activation patterns come from. All of them prove the optimum; others leave a bound to be searched for.',
  [
    { value: 'auto', label: 'Automatic', hint: 'All of them up to rank 3, else growth' },
    ENUMERATE,
    SAMPLE,
    {
      value: 'grow',
      label: 'Grow',
      hint: 'Finds the neurons that matter by search; the default where there are too many cells',
    },
  ],
)

/** The exact program: cells that may grow, and the proof over all neurons. */
export const EXACT_PROGRAM_FIELDS: FieldDefinition[] = [
  ...GROWABLE_CELLS_FIELDS,
  {
    path: 'search.starts',
    label: 'Search starts',
    kind: 'integer',
    help: 'Random starts of every search for neurons while growing; more miss less, and take longer.',
    when: (settings) => ['auto', 'grow'].includes(String(arrangementMode(settings))),
  },
  {
    path: 'proof.cones',
    label: 'Proof cones',
    kind: 'integer',
    help: 'Where cells are not all there, or outputs are several, a bound over all neurons is searched for: this many cones at most.',
  },
  {
    path: 'proof.epsilon',
    label: 'Proof precision',
    kind: 'number',
    help: 'The search for the bound ends when ρ is known to this relative precision; finer proofs need more cones.',
  },
]
