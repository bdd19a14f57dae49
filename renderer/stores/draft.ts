/** The document being edited: undo and redo, debounced saving, and what is wrong with it, by path. */
import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef } from 'vue'
import { formatPath } from '../../core/experiments/document-issues.ts'
import { documentIssues } from '../../core/experiments/expand.ts'
import type { ExperimentDetail, StoredRun } from '../../core/protocol.ts'
import { debounce } from '../composables/debounce.ts'
import { record, redo as redone, startHistory, undo as undone } from './edit-history.ts'
import type { EditHistory } from './edit-history.ts'
import { covers } from './field-paths.ts'
import { getAt, removeAt, sameJson, setAt } from './json-path.ts'
import type { Json, JsonObject, JsonPath } from './json-path.ts'
import { useMachineStore } from './machine.ts'

/** Milliseconds after the last change until the document is saved. */
const SAVE_AFTER = 400

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed'

export const useDraftStore = defineStore('draft', () => {
  const machine = useMachineStore()
  const experimentId = ref<string | null>(null)
  const history = shallowRef<EditHistory<JsonObject>>(startHistory({}))
  const stored = shallowRef<StoredRun[]>([])
  const saveState = ref<SaveState>('saved')
  const error = ref<unknown>(null)
  const loading = ref(false)
  /** How many mounted fields show each path: their problems need no other place. */
  const claims = reactive(new Map<string, number>())
  let savedAt: string | null = null
  let started = false

  const document = computed(() => history.value.present)
  const issues = computed(() => (experimentId.value === null ? [] : documentIssues(document.value)))
  const elsewhere = computed(() =>
    issues.value.filter((issue) => ![...claims.keys()].some((claimed) => covers(claimed, issue.path))),
  )

  function show(detail: ExperimentDetail): void {
    history.value = startHistory(detail.document)
    stored.value = detail.runs
    saveState.value = 'saved'
  }

  /** Opens an experiment; what is unsaved of the one before is saved first. */
  async function open(id: string | null): Promise<void> {
    await flush()
    experimentId.value = id
    history.value = startHistory({})
    stored.value = []
    error.value = null
    savedAt = null
    if (id === null) return
    loading.value = true
    try {
      const detail = await machine.request('getExperiment', { id })
      // Another one may have been opened meanwhile.
      if (experimentId.value === id) show(detail)
    } catch (thrown) {
      if (experimentId.value === id) error.value = thrown
    } finally {
      if (experimentId.value === id) loading.value = false
    }
  }

  /** Fetches the stored runs again; the document too when there is nothing unsaved and `withDocument`. */
  async function reload(withDocument: boolean): Promise<void> {
    const id = experimentId.value
    if (id === null) return
    const detail = await machine.request('getExperiment', { id })
    if (experimentId.value !== id) return
    stored.value = detail.runs
    if (withDocument && saveState.value === 'saved' && !sameJson(detail.document, document.value)) {
      history.value = record(history.value, detail.document, null)
    }
  }

  async function save(): Promise<void> {
    const id = experimentId.value
    if (id === null || saveState.value === 'saved') return
    const saved = document.value
    saveState.value = 'saving'
    try {
      const entry = await machine.request('saveExperiment', { id, document: saved as never })
      savedAt = entry.modifiedAt
      if (experimentId.value === id) saveState.value = document.value === saved ? 'saved' : 'unsaved'
      error.value = null
    } catch (thrown) {
      error.value = thrown
      saveState.value = 'failed'
    }
  }
  const saveSoon = debounce(() => void save(), SAVE_AFTER)

  /** Saves now what is not saved yet; resolves when it is. */
  async function flush(): Promise<void> {
    saveSoon.cancel()
    await save()
  }

  function become(next: EditHistory<JsonObject>): void {
    if (next === history.value) return
    history.value = next
    saveState.value = 'unsaved'
    saveSoon()
  }

  /** @param tag edits in a row with one tag are undone together */
  function replace(next: Json, tag: string | null = null): void {
    if (next !== document.value) become(record(history.value, next as JsonObject, tag))
  }

  /** Sets the value at a path; undefined removes the key, so that its default holds. */
  function set(path: JsonPath, value: Json, tag: string | null = formatPath(path)): void {
    if (sameJson(getAt(document.value, path), value)) return
    replace(value === undefined ? removeAt(document.value, path) : setAt(document.value, path, value), tag)
  }

  /** The first problem at a path or below it. */
  const issueAt = (path: string) => issues.value.find((issue) => covers(path, issue.path))?.message ?? null

  function claim(path: string): () => void {
    claims.set(path, (claims.get(path) ?? 0) + 1)
    return () => {
      const left = (claims.get(path) ?? 1) - 1
      if (left > 0) claims.set(path, left)
      else claims.delete(path)
    }
  }

  /** Takes up changes of the open experiment made elsewhere, and results as they are stored. Later calls do nothing. */
  function start(): void {
    if (started) return
    started = true
    machine.on('experimentsChanged', (entries) => {
      const entry = entries.find(({ id }) => id === experimentId.value)
      const elsewhereChanged = entry !== undefined && entry.modifiedAt !== savedAt
      const moreRuns = entry !== undefined && entry.runs !== stored.value.length
      if (elsewhereChanged || moreRuns)
        void reload(elsewhereChanged).catch((thrown: unknown) => (error.value = thrown))
    })
  }

  /** For titles and file names. */
  const name = computed(() => (typeof document.value.name === 'string' ? document.value.name : 'Experiment'))

  return {
    experimentId,
    document,
    name,
    stored,
    issues,
    elsewhere,
    saveState,
    error,
    loading,
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    open,
    reload,
    flush,
    replace,
    set,
    undo: () => become(undone(history.value)),
    redo: () => become(redone(history.value)),
    issueAt,
    claim,
    start,
  }
})
