/** Where data can come from: imported files and generators, as choices of one list. */
import { GENERATOR_SCHEMAS } from '../../../../core/experiments/document.ts'
import type { GeneratorId } from '../../../../core/experiments/document.ts'
import type { DatasetEntry } from '../../../../core/protocol.ts'
import type { Option } from '../../../components/options.ts'
import { formatCount } from '../../../composables/format.ts'
import { getAt } from '../../../stores/json-path.ts'
import type { Json } from '../../../stores/json-path.ts'
import { GENERATOR_FIELDS } from '../fields/data-fields.ts'

/** `file:sonar.csv`, `generator:spiral`, or null where the document has neither. */
export function sourceOf(dataset: Json): string | null {
  const file = getAt(dataset, ['file'])
  if (typeof file === 'string') return `file:${file}`
  const generator = getAt(dataset, ['generator'])
  return typeof generator === 'string' ? `generator:${generator}` : null
}

function fileOption({ file, fileName, rows, columns }: DatasetEntry): Option<string> {
  const size =
    rows === null || columns === null ? undefined : `${formatCount(rows)} × ${formatCount(columns)}`
  return { value: `file:${file}`, label: fileName, hint: size }
}

const GENERATORS: readonly Option<string>[] = (Object.keys(GENERATOR_FIELDS) as GeneratorId[]).map((id) => ({
  value: `generator:${id}`,
  label: GENERATOR_FIELDS[id].title,
  hint: 'Generated',
}))

/** All sources; the document's own is among them even when its file or generator is not known here. */
export function sourceOptions(entries: readonly DatasetEntry[], current: string | null): Option<string>[] {
  const known = [...entries.map(fileOption), ...GENERATORS]
  if (current === null || known.some(({ value }) => value === current)) return known
  const [kind, ...name] = current.split(':')
  return [
    { value: current, label: name.join(':'), hint: kind === 'file' ? 'Not in this workspace' : 'Unknown' },
    ...known,
  ]
}

/** A generator's data set with as few keys as are valid. */
export function generatorDataset(generator: GeneratorId): Json {
  const minimal = { generator }
  if (GENERATOR_SCHEMAS[generator].safeParse(minimal).success) return minimal
  // The kinks of the papers' one-dimensional example.
  return { generator, x: [-2, -1, 0, 1, 2], y: [1, -1, 1, 1, -1] }
}
