import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BidualError } from '../../../../core/errors.ts'
import { useDraftStore } from '../../../../renderer/stores/draft.ts'
import { redo, record, startHistory, undo } from '../../../../renderer/stores/edit-history.ts'
import { useInspectionStore } from '../../../../renderer/stores/inspection.ts'
import { covers } from '../../../../renderer/stores/field-paths.ts'
import { removeAt, sameJson, setAt } from '../../../../renderer/stores/json-path.ts'
import { useMachineStore } from '../../../../renderer/stores/machine.ts'
import { useRunsStore } from '../../../../renderer/stores/runs.ts'
import { documentIssues } from '../../../../core/experiments/expand.ts'
import { fakeMachine } from '../../../support/fake-machine.ts'
import type { FakeMachine } from '../../../support/fake-machine.ts'
import { point, runState } from './support.ts'

const DOCUMENT = {
  version: 1,
  name: 'Points',
  dataset: { generator: 'planted' },
  network: { family: 'relu' },
  loss: 'squared',
  beta: 0.1,
  methods: [{ id: 'convex' }],
}
let machine: FakeMachine
let id: string

beforeEach(async () => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  machine = fakeMachine()
  await useMachineStore().attach(machine, (listener) => listener('connected'))
  id = (await machine.request('createExperiment', { document: DOCUMENT })).id
})
afterEach(() => {
  vi.useRealTimers()
})
const saves = () => machine.asked.filter(({ name }) => name === 'saveExperiment')

describe('draft', () => {
  test('edits are saved once, a moment after the last one', async () => {
    const draft = useDraftStore()
    await draft.open(id)
    draft.set(['beta'], 0.2)
    draft.set(['beta'], 0.25)
    expect(draft.saveState).toBe('unsaved')
    await vi.advanceTimersByTimeAsync(1000)
    expect(saves()).toHaveLength(1)
    expect(saves()[0].params).toMatchObject({ document: { beta: 0.25 } })
    expect(draft.saveState).toBe('saved')
  })

  test('typing in one field is one step of undo; undo and redo are saved too', async () => {
    const draft = useDraftStore()
    await draft.open(id)
    for (const beta of [2, 25, 250]) draft.set(['beta'], beta)
    draft.set(['loss'], 'hinge')
    draft.undo()
    draft.undo()
    expect(draft.document.beta).toBe(0.1)
    draft.redo()
    expect(draft.document).toMatchObject({ beta: 250, loss: 'squared' })
    await draft.flush()
    expect(saves().at(-1).params).toMatchObject({ document: { beta: 250 } })
  })

  test('what cannot be read as a number is kept, saved and reported at its path', async () => {
    const draft = useDraftStore()
    await draft.open(id)
    draft.set(['beta'], 'abc')
    expect(draft.issueAt('beta')).toBe('Expected a number, found "abc".')
    await draft.flush()
    expect((await machine.request('getExperiment', { id })).document.beta).toBe('abc')
  })

  test('unknown keys stay in the document and are listed with their path', async () => {
    const draft = useDraftStore()
    const future = await machine.request('createExperiment', {
      document: { ...DOCUMENT, methods: [{ id: 'convex', colour: 'blue' }], later: { a: 1 } },
    })
    await draft.open(future.id)
    draft.set(['beta'], 0.5)
    expect(draft.elsewhere.map(({ path }) => path).sort()).toEqual(['later', 'methods[0].colour'])
    await draft.flush()
    expect(saves().at(-1).params).toMatchObject({
      document: { later: { a: 1 }, methods: [{ colour: 'blue' }] },
    })
  })

  test('a problem is not listed elsewhere while a field shows it', async () => {
    const draft = useDraftStore()
    await draft.open(id)
    draft.set(['beta'], -1)
    expect(draft.elsewhere).toEqual([{ path: 'beta', message: 'Expected a number above 0, found -1.' }])
    const release = draft.claim('beta')
    expect(draft.elsewhere).toEqual([])
    release()
    expect(draft.elsewhere).toHaveLength(1)
  })

  test('a save that fails loses nothing and can be repeated', async () => {
    const draft = useDraftStore()
    await draft.open(id)
    machine.refuse('saveExperiment', new BidualError('disk-full', 'The disk is full.'))
    draft.set(['beta'], 0.7)
    await draft.flush()
    expect([draft.saveState, draft.document.beta]).toEqual(['failed', 0.7])
    await draft.flush()
    expect(draft.saveState).toBe('saved')
  })

  test('opening another experiment saves what is typed first', async () => {
    const draft = useDraftStore()
    const other = await machine.request('createExperiment', { document: { ...DOCUMENT, name: 'Other' } })
    await draft.open(id)
    draft.set(['beta'], 0.9)
    await draft.open(other.id)
    expect((await machine.request('getExperiment', { id })).document.beta).toBe(0.9)
    expect(draft.document.name).toBe('Other')
  })
})

describe('inspection', () => {
  const asked = () => machine.asked.filter(({ name }) => name === 'inspectProblem')

  test('asks once after typing, and not again for what changes no data', async () => {
    const inspection = useInspectionStore()
    inspection.follow(id, DOCUMENT, [])
    inspection.follow(id, { ...DOCUMENT, beta: 0.5 }, [])
    await vi.advanceTimersByTimeAsync(1000)
    inspection.follow(id, { ...DOCUMENT, beta: 0.5, name: 'Renamed' }, [])
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked()).toHaveLength(1)
    expect(inspection.inspection?.summary.n).toBeGreaterThan(0)
  })

  test('drops the answer to a question that is no longer asked', async () => {
    const inspection = useInspectionStore()
    const answers: ((value: unknown) => void)[] = []
    const request = vi
      .spyOn(machine, 'request')
      .mockImplementation(() => new Promise((resolve) => answers.push(resolve)) as never)
    inspection.follow(id, DOCUMENT, [])
    await vi.advanceTimersByTimeAsync(1000)
    inspection.follow(id, { ...DOCUMENT, beta: 0.5 }, [])
    await vi.advanceTimersByTimeAsync(1000)
    answers[1]({ second: true })
    answers[0]({ first: true })
    await vi.advanceTimersByTimeAsync(10)
    expect(inspection.inspection).toEqual({ second: true })
    expect(inspection.asking).toBe(false)
    request.mockRestore()
  })

  test('asks although methods are half typed, not while the problem is unsound', async () => {
    const inspection = useInspectionStore()
    inspection.follow(id, { ...DOCUMENT, beta: 'x' }, ['beta'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked()).toHaveLength(0)
    inspection.follow(id, { ...DOCUMENT, methods: [] }, ['methods'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked()).toHaveLength(1)
  })
})

describe('runs', () => {
  test('snapshot, pushes and a hole that is fetched again', async () => {
    const runs = useRunsStore()
    await runs.start()
    const history = [0, 1, 2, 3].map((i) => point(i, 10 - i))
    machine.runs.histories.set('e/convex', history)
    machine.emit('runsChanged', [runState({ points: history.slice(0, 1), from: 0 })])
    machine.emit('runsChanged', [runState({ points: history.slice(3), from: 3 })])
    await vi.advanceTimersByTimeAsync(10)
    expect(runs.session('e')[0].history).toEqual(history)
  })
})

describe('edits', () => {
  test('history keeps one step per tag', () => {
    let history = startHistory(0)
    for (const value of [1, 2, 3]) history = record(history, value, 'beta')
    history = record(history, 4, null)
    expect([undo(history).present, undo(undo(history)).present, redo(undo(history)).present]).toEqual([
      3, 0, 4,
    ])
  })

  test('paths are set and removed without mutation', () => {
    const before = { methods: [{ id: 'sgd' }, { id: 'convex' }] }
    expect(setAt(before, ['methods', 0, 'schedule', 'factor'], 0.5)).toEqual({
      methods: [{ id: 'sgd', schedule: { factor: 0.5 } }, { id: 'convex' }],
    })
    expect(removeAt(before, ['methods', 0])).toEqual({ methods: [{ id: 'convex' }] })
    expect(removeAt(before, ['methods', 0, 'nothing'])).toBe(before)
    expect(before.methods).toHaveLength(2)
    expect(sameJson({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] })).toBe(true)
    expect(sameJson({ a: 1 }, { a: 1, b: undefined })).toBe(false)
  })

  test('every problem of a document has a path and a sentence in plain words', () => {
    const issues = documentIssues({ ...DOCUMENT, beta: 0, loss: 'cubic', split: { test: 1 }, methods: [] })
    const words = Object.fromEntries(issues.map(({ path, message }) => [path, message]))
    expect(words).toEqual({
      beta: 'Expected a number above 0, found 0.',
      loss: 'Expected one of "squared", "hinge", "logistic", "cross-entropy", "equality", found "cubic".',
      'split.test': 'Expected a number below 1, found 1.',
      methods: 'Expected at least 1 entry, found [].',
    })
  })

  test('a field covers its own path and what lies inside it', () => {
    expect([
      covers('beta', 'beta.sweep[0]'),
      covers('beta', 'betas'),
      covers('methods', 'methods[2].id'),
    ]).toEqual([true, false, true])
  })
})
