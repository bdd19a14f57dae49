import { useDatasetsStore } from '../stores/datasets.ts'
import { useExperimentsStore } from '../stores/experiments.ts'
import { useNoticesStore } from '../stores/notices.ts'

const EXPERIMENT = /\.(bidual|json)$/i

/** What the file dialogs offer; anything may be dropped. */
export const DATA_FILES = '.csv,.tsv,.txt,.dat,.data,.gz,.idx,.ubyte,text/csv'
export const EXPERIMENT_FILES = '.bidual,.json'

/** @returns a function that does the obvious thing with any file: experiments open, everything else is data */
export function useOpenFiles(): (files: Iterable<File>) => Promise<void> {
  const experiments = useExperimentsStore()
  const datasets = useDatasetsStore()
  const notices = useNoticesStore()

  async function openOne(file: File): Promise<void> {
    if (!EXPERIMENT.test(file.name)) return datasets.importFile(file)
    try {
      await experiments.createFromText(await file.text(), file.name)
    } catch (thrown) {
      notices.error(thrown)
    }
  }

  return async (files) => {
    for (const file of files) await openOne(file)
  }
}

/** Asks for files with the system's dialog. */
export function chooseFiles(accept: string): Promise<File[]> {
  const input = Object.assign(document.createElement('input'), { type: 'file', accept, multiple: true })
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}
