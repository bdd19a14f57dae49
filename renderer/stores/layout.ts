/** What the window remembers about itself: where it was, panel sizes, what is collapsed. */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, reactive, ref, watch } from 'vue'
import { z } from 'zod'
import { debounce } from '../composables/debounce.ts'
import { useMediaQuery } from '../composables/media-query.ts'
import { useSettingsStore } from './settings.ts'

export const VIEWS = ['experiments', 'data', 'compare', 'settings'] as const
export type View = (typeof VIEWS)[number]

/** Milliseconds after the last change until it is written. */
const SAVE_AFTER = 400

const rememberedSchema = z.object({
  view: z.enum(VIEWS).catch('experiments'),
  experiment: z.string().nullable().catch(null),
  dataset: z.string().nullable().catch(null),
  sizes: z.record(z.string(), z.number()).catch({}),
  collapsed: z.record(z.string(), z.boolean()).catch({}),
})

export const useLayoutStore = defineStore('layout', () => {
  const settings = useSettingsStore()
  const remembered = reactive(rememberedSchema.parse({}))
  /** Under 900 px panels become drawers. */
  const narrow = useMediaQuery('(max-width: 899px)')
  const listOpen = ref(false)

  const save = debounce(
    () => void settings.change({ layout: rememberedSchema.parse(remembered) }),
    SAVE_AFTER,
  )
  watch(remembered, save, { flush: 'sync' })
  onScopeDispose(save.cancel)

  /** Takes up what the settings remember; anything unreadable becomes its default. */
  function restore(): void {
    Object.assign(remembered, rememberedSchema.parse(settings.settings.layout))
    save.cancel()
  }

  const go = (view: View) => (remembered.view = view)

  function openExperiment(id: string | null): void {
    remembered.experiment = id
    remembered.view = 'experiments'
    listOpen.value = false
  }

  function openDataset(id: string | null): void {
    remembered.dataset = id
    remembered.view = 'data'
    listOpen.value = false
  }

  const isCollapsed = (name: string) => remembered.collapsed[name] ?? false
  const setCollapsed = (name: string, collapsed: boolean) => (remembered.collapsed[name] = collapsed)

  const toggle = (name: string) => setCollapsed(name, !isCollapsed(name))

  /** Makes a list visible, wherever it is. */
  function showList(name: string): void {
    if (narrow.value) listOpen.value = true
    else setCollapsed(name, false)
  }

  /** Shows or hides the list beside the view. */
  function toggleList(): void {
    if (narrow.value) listOpen.value = !listOpen.value
    else toggle(`${remembered.view}-list`)
  }

  return {
    view: computed(() => remembered.view),
    /** What is being looked at. */
    place: computed(() => [remembered.view, remembered.experiment, remembered.dataset].join(' ')),
    experimentId: computed(() => remembered.experiment),
    datasetId: computed(() => remembered.dataset),
    narrow,
    /** The experiments list as a drawer, in narrow windows. */
    listOpen,
    restore,
    go,
    openExperiment,
    /** As {@link openExperiment}, without changing the view. */
    rememberExperiment: (id: string | null) => (remembered.experiment = id),
    openDataset,
    size: (name: string): number | undefined => remembered.sizes[name],
    setSize: (name: string, size: number) => (remembered.sizes[name] = size),
    isCollapsed,
    setCollapsed,
    toggle,
    showList,
    toggleList,
  }
})
