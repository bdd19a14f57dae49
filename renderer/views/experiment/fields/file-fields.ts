/** How a file is read, as form fields; everything here is detected when left empty. */
import type { FieldDefinition } from './definitions.ts'

export const FILE_FIELDS: FieldDefinition[] = [
  {
    path: 'format',
    label: 'Format',
    kind: 'choice',
    help: 'Detected from the content, then from the name.',
    options: [
      { value: 'detected', label: 'Detected' },
      { value: 'csv', label: 'CSV' },
      { value: 'tsv', label: 'TSV' },
      { value: 'idx', label: 'IDX', hint: 'Images and labels, as MNIST has them' },
      { value: 'uci', label: 'UCI table', hint: 'The _R.dat files' },
    ],
    values: { detected: undefined },
  },
  {
    path: 'header',
    label: 'First line',
    kind: 'choice',
    help: 'Whether the first line names the columns.',
    options: [
      { value: 'detected', label: 'Detected' },
      { value: 'true', label: 'Names the columns' },
      { value: 'false', label: 'Holds data' },
    ],
    values: { detected: undefined, true: true, false: false },
  },
  {
    path: 'delimiter',
    label: 'Delimiter',
    kind: 'text',
    help: 'One character between cells; detected when empty.',
  },
  {
    path: 'exclude',
    label: 'Exclude',
    kind: 'names',
    help: 'Columns that are neither features nor target, by name or zero-based number, separated by commas.',
  },
  {
    path: 'labels',
    label: 'Labels file',
    kind: 'text',
    help: 'For IDX images: the file that holds their labels.',
  },
]
