/** Facts about the data and what applies to it, asked again as the document changes. Stale answers are dropped. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { ProblemInspection } from '../../core/protocol.ts'
import { debounce } from '../composables/debounce.ts'
import { getAt } from './json-path.ts'
import type { JsonObject } from './json-path.ts'
import { useMachineStore } from './machine.ts'

/** Milliseconds after the last change until the machine is asked. */
const ASK_AFTER = 250
/** What the prepared problem depends on; names, methods and limits change nothing in it. */
const PROBLEM_KEYS = ['dataset', 'preprocess', 'split', 'network', 'loss', 'beta'] as const

const problemOf = (document: JsonObject) =>
  JSON.stringify(PROBLEM_KEYS.map((key) => getAt(document, [key]) ?? null))

/** The problem is asked about even while no method is chosen yet, or one of them is half typed. */
function askable(document: JsonObject, methodsAreSound: boolean): JsonObject {
  return methodsAreSound ? document : { ...document, methods: [{ id: 'least-squares' }] }
}

export const useInspectionStore = defineStore('inspection', () => {
  const machine = useMachineStore()
  const inspection = shallowRef<ProblemInspection | null>(null)
  const error = ref<unknown>(null)
  const asking = ref(false)
  /** The experiment and problem that were asked about last, to be told from what is wanted now. */
  let asked = ''
  let sequence = 0
  let experiment: string | null = null

  async function ask(experimentId: string, document: JsonObject): Promise<void> {
    const mine = ++sequence
    asking.value = true
    try {
      const answer = await machine.request('inspectProblem', { experimentId, document: document as never })
      if (mine !== sequence) return
      inspection.value = answer
      error.value = null
    } catch (thrown) {
      if (mine !== sequence) return
      error.value = thrown
      inspection.value = null
    } finally {
      if (mine === sequence) asking.value = false
    }
  }
  let question: (() => Promise<void>) | null = null
  const askSoon = debounce(() => void question?.(), ASK_AFTER)

  /** Forgets everything; answers still on their way are dropped. */
  function clear(): void {
    askSoon.cancel()
    sequence++
    asked = ''
    asking.value = false
    inspection.value = null
    error.value = null
  }

  /**
   * Tell what is being edited; asks the machine when the problem is another one.
   *
   * @param issues paths of the document's problems; an unsound problem is not asked about
   */
  function follow(experimentId: string | null, document: JsonObject, issues: readonly string[]): void {
    if (experimentId !== experiment) clear()
    experiment = experimentId
    if (experimentId === null) return
    const wanted = problemOf(document)
    const unsound = issues.some((path) => !path.startsWith('methods') && !path.startsWith('limits'))
    if (unsound || wanted === asked) return
    asked = wanted
    sequence++
    question = () => ask(experimentId, askable(document, issues.length === 0))
    askSoon()
  }

  /** Asks again although nothing was typed: a data file was replaced, or the machine is back. */
  function again(document: JsonObject, issues: readonly string[]): void {
    asked = ''
    follow(experiment, document, issues)
  }

  return { inspection, error, asking, follow, again, clear }
})
