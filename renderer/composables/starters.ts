import { computed } from 'vue'
import { FILE_GALLERY, GALLERY } from '../../core/experiments/gallery.ts'
import type { GalleryEntry } from '../../core/experiments/gallery.ts'
import type { DatasetEntry } from '../../core/protocol.ts'
import { useDatasetsStore } from '../stores/datasets.ts'
import type { Reading } from '../stores/datasets.ts'
import { useExperimentsStore } from '../stores/experiments.ts'
import { useMachineStore } from '../stores/machine.ts'
import { exampleFile } from './example-files.ts'
import { formatCount } from './format.ts'
import { blankDocument, starterDocument } from './starter-document.ts'

/** One way to begin an experiment. */
export interface Starter {
  id: string
  title: string
  hint: string
  create: () => Promise<unknown>
}

const sizeOf = ({ rows, columns }: DatasetEntry) =>
  rows === null || columns === null
    ? 'data set'
    : `${formatCount(rows)} rows × ${formatCount(columns)} columns`

/** Everything that an experiment can be started from, in groups. */
export function useStarters() {
  const experiments = useExperimentsStore()
  const datasets = useDatasetsStore()
  const machine = useMachineStore()

  async function fromDataset(entry: DatasetEntry, reading: Reading = {}): Promise<void> {
    const preview = await machine.request('previewDataset', { id: entry.id, ...reading })
    await experiments.create(starterDocument(entry, preview, reading))
  }

  /** Imports the table that the example names, then creates the experiment on it. */
  async function withFile({ document }: GalleryEntry): Promise<void> {
    const { dataset } = document
    if (!('file' in dataset)) {
      await experiments.create(document)
      return
    }
    const bytes = await exampleFile(dataset.file)
    const { file } = await machine.request('importDataset', { fileName: dataset.file, bytes })
    await experiments.create({ ...document, dataset: { ...dataset, file } })
  }

  const examples: Starter[] = [...GALLERY, ...FILE_GALLERY].map((entry) => ({
    id: entry.id,
    title: entry.title,
    hint: entry.description,
    create: () => withFile(entry),
  }))
  const blank: Starter = {
    id: 'blank',
    title: 'Blank',
    hint: 'Points from a planted network; change whatever you like.',
    create: () => experiments.create(blankDocument()),
  }
  const own = computed<Starter[]>(() =>
    datasets.entries.map((entry) => ({
      id: entry.id,
      title: entry.fileName,
      hint: sizeOf(entry),
      create: () => fromDataset(entry),
    })),
  )
  const groups = computed(() => [
    { title: 'Examples', starters: examples },
    { title: 'Your data', starters: own.value },
    { title: 'From nothing', starters: [blank] },
  ])
  return { groups, examples, blank, fromDataset }
}
