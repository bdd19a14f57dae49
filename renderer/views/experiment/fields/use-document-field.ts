/** One value of the edited document: what it is, what is wrong with it, how to change it. */
import { computed, onScopeDispose, watch } from 'vue'
import type { ComputedRef } from 'vue'
import { formatPath } from '../../../../core/experiments/document-issues.ts'
import { useDraftStore } from '../../../stores/draft.ts'
import { getAt } from '../../../stores/json-path.ts'
import type { Json, JsonPath } from '../../../stores/json-path.ts'

export interface DocumentField {
  value: ComputedRef<Json>
  /** The first problem at this path or below it. */
  error: ComputedRef<string | null>
  /** Undefined removes the key, so that its default holds. */
  set: (value: Json) => void
}

/** Binds to the value at `path`; as long as the component is there, it is the place where its problems are shown. */
export function useDocumentField(path: () => JsonPath): DocumentField {
  const draft = useDraftStore()
  let release = () => {}
  watch(
    () => formatPath(path()),
    (name) => {
      release()
      release = draft.claim(name)
    },
    { immediate: true },
  )
  onScopeDispose(() => release())
  return {
    value: computed(() => getAt(draft.document, path())),
    error: computed(() => draft.issueAt(formatPath(path()))),
    set: (value) => draft.set(path(), value),
  }
}
