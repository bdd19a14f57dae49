// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { nextTick } from 'vue'
import type { Component } from 'vue'
import { BidualError } from '../../../../core/errors.ts'
import App from '../../../../renderer/App.vue'
import DataView from '../../../../renderer/views/data/DataView.vue'
import ExperimentList from '../../../../renderer/views/experiments/ExperimentList.vue'
import ExperimentsView from '../../../../renderer/views/experiments/ExperimentsView.vue'
import SettingsView from '../../../../renderer/views/settings/SettingsView.vue'
import { useExperimentsStore } from '../../../../renderer/stores/experiments.ts'
import { useLayoutStore } from '../../../../renderer/stores/layout.ts'
import { useNoticesStore } from '../../../../renderer/stores/notices.ts'
import { useSettingsStore } from '../../../../renderer/stores/settings.ts'
import { bytesOf, echoesCsv } from '../../../support/fake-machine/sample-data.ts'
import { stage, withTooltips } from './stage.ts'
import type { Stage } from './stage.ts'

// The page of one experiment has tests of its own, and charts that want a canvas.
vi.mock('../../../../renderer/views/experiment/ExperimentView.vue', () => ({
  __esModule: true,
  default: { props: ['experimentId'], template: '<article>{{ experimentId }}</article>' },
}))

function show(component: Component, { pinia }: Stage): VueWrapper {
  const wrapper = mount(component, { global: { plugins: [pinia] }, attachTo: document.body }) as VueWrapper
  onTestFinished(() => wrapper.unmount())
  return wrapper
}

const page = () => document.body.textContent ?? ''
const key = (init: KeyboardEventInit) =>
  document.activeElement!.dispatchEvent(
    new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }),
  )

/** Waits for what the window does by itself; long enough for a busy machine. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 15_000 })

/** As a browser tells of files held over or let go above the window. */
function drag(name: 'dragenter' | 'drop', files: File[]): void {
  const event = new DragEvent(name, { cancelable: true })
  Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], files } })
  window.dispatchEvent(event)
}

/** A stage with one small table, shown. */
async function withEchoes(): Promise<Stage> {
  const set = await stage()
  const bytes = bytesOf(echoesCsv(30, 4))
  const { id } = await set.machine.request('importDataset', { fileName: 'echoes.csv', bytes })
  useLayoutStore().openDataset(id)
  return set
}

describe('experiments view', () => {
  it('shows an experiment that was made a moment ago, before the list is told of it', async () => {
    const set = await stage({ furnished: true })
    const { document } = await set.machine.request('getExperiment', {
      id: useExperimentsStore().entries[0].id,
    })
    const known = useExperimentsStore().entries
    const { id } = await set.machine.request('createExperiment', { document: document as never })
    useExperimentsStore().entries = known
    useLayoutStore().openExperiment(id)
    show(withTooltips(ExperimentsView), set)
    await soon(() => expect(window.document.querySelector('article')?.textContent).toBe(id))
  })
})

describe('experiments list', () => {
  const list = (set: Stage) => show(withTooltips(ExperimentList), set)
  const titles = (wrapper: VueWrapper) => wrapper.findAll('.name').map((name) => name.text())

  it('shows data, family and the best certificate, as symbol, word and figures', async () => {
    const wrapper = list(await stage({ furnished: true }))
    const row = wrapper.findAll('li').find((item) => item.text().includes('Whitened'))!
    expect(row.text()).toContain('whitened · bn-relu, squared')
    expect(row.get('.best').text()).toMatch(/◆\s*global\s*68\.9741, gap 0 %/)
    expect(wrapper.text()).toContain('not run yet')
  })

  it('finds by every word of name, data and family', async () => {
    const wrapper = list(await stage({ furnished: true }))
    await wrapper.get('input').setValue('relu echo')
    expect(titles(wrapper)).toEqual(['Echoes, two-layer ReLU'])
    await wrapper.get('input').setValue('nothing like it')
    expect(wrapper.text()).toContain('Nothing matches “nothing like it”.')
  })

  it('is walked by arrows, with one row in the tab order', async () => {
    const wrapper = list(await stage({ furnished: true }))
    const rows = wrapper.findAll<HTMLElement>('[data-row]')
    expect(rows.map((row) => row.attributes('tabindex'))).toEqual(['0', '-1', '-1', '-1'])
    rows[0].element.focus()
    key({ key: 'ArrowDown' })
    expect(document.activeElement).toBe(rows[1].element)
    key({ key: 'End' })
    expect(document.activeElement).toBe(rows[3].element)
  })

  it('renames in place, and leaves the name with Escape', async () => {
    const wrapper = list(await stage({ furnished: true }))
    await wrapper.findAll('[data-row]')[1].trigger('keydown', { key: 'F2' })
    await nextTick()
    const field = wrapper.get<HTMLInputElement>('input[aria-label="Name of the experiment"]')
    await field.setValue('Teacher of three')
    await field.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(titles(wrapper)).toContain('Teacher of three')

    await wrapper.findAll('[data-row]')[0].trigger('keydown', { key: 'F2' })
    await nextTick()
    const again = wrapper.get('input[aria-label="Name of the experiment"]')
    await again.setValue('Not this')
    await again.trigger('keydown', { key: 'Escape' })
    await flushPromises()
    expect(titles(wrapper)).not.toContain('Not this')
  })

  it('deletes with the key and says how to get it back', async () => {
    const wrapper = list(await stage({ furnished: true }))
    await wrapper.findAll('[data-row]')[1].trigger('keydown', { key: 'Delete' })
    await flushPromises()
    expect(titles(wrapper)).toHaveLength(3)
    expect(useNoticesStore().notices[0]).toMatchObject({ action: { label: 'Undo' } })
  })
})

describe('data view', () => {
  it('previews the data set: figures, class balance, columns with their shapes, first rows', async () => {
    const set = await withEchoes()
    const wrapper = show(withTooltips(DataView), set)
    await soon(() => expect(wrapper.find('dl').exists()).toBe(true))
    const facts = wrapper.get('dl').text()
    expect(facts).toMatch(/Rows\s*30/)
    expect(facts).toMatch(/Target\s*class\s*classes, guessed/)
    expect(wrapper.get('figure').text()).toMatch(/mine\s*16\s*53\.3 %/)
    const columns = wrapper.findAll('[aria-label=Columns] tbody tr')
    expect(columns).toHaveLength(5)
    expect(columns[0].find('svg[role=img] rect').exists()).toBe(true)
    expect(columns[4].text()).toContain('target')
    expect(wrapper.text()).toContain('CSV (detected)')
  })

  it('says what is wrong with a file where it happened, with a next step', async () => {
    const set = await withEchoes()
    set.machine.refuse(
      'previewDataset',
      new BidualError('bad-input', 'Expected 3 cells.', { file: 'echoes.csv', row: 7 }),
    )
    const wrapper = show(withTooltips(DataView), set)
    await soon(() => expect(wrapper.find('[role=alert]').exists()).toBe(true))
    const alert = wrapper.get('[role=alert]')
    expect(alert.text()).toContain('Expected 3 cells.')
    expect(alert.text()).toContain('echoes.csv, row 7')
    expect(alert.find('button').exists()).toBe(true)
  })

  it('starts an experiment from the data set', async () => {
    const set = await withEchoes()
    const wrapper = show(withTooltips(DataView), set)
    await soon(() => expect(wrapper.find('dl').exists()).toBe(true))
    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'Use in a new experiment')!
      .trigger('click')
    await soon(() => expect(useLayoutStore().view).toBe('experiments'))
    const { id } = useExperimentsStore().entries[0]
    expect(useLayoutStore().experimentId).toBe(id)
    expect(set.machine.store.experiment(id).document).toMatchObject({ dataset: { target: 'class' } })
  })

  it('says what to do where there is nothing', async () => {
    const wrapper = show(withTooltips(DataView), await stage())
    expect(wrapper.text()).toContain('No data sets yet')
    expect(wrapper.text()).toContain('Import plants.csv, an example')
    expect(wrapper.text()).toContain('For example sonar.csv')
  })
})

describe('settings view', () => {
  it('changes theme and number of runs, and shows what it is about', async () => {
    const set = await stage()
    const wrapper = show(withTooltips(SettingsView), set)
    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'Dark')!
      .trigger('click')
    await flushPromises()
    expect(document.documentElement.dataset.theme).toBe('dark')
    await wrapper.get('[role=checkbox]').trigger('click')
    await flushPromises()
    expect(useSettingsStore().settings.parallelRuns).toBe(2)
    await wrapper.findAll('input').at(0).setValue('65')
    expect(wrapper.text()).toContain('Enter a number at least 1 and at most 64.')
    expect(useSettingsStore().settings.parallelRuns).toBe(2)
    expect(wrapper.text()).toContain('/home/someone/Bidual')
  })
})

describe('the whole window', () => {
  it('opens the first experiment by itself and names the window after it', async () => {
    const set = await stage({ furnished: true })
    const wrapper = show(App, set)
    await soon(() => expect(wrapper.find('article').exists()).toBe(true))
    expect(wrapper.get('article').text()).toBe(useExperimentsStore().entries[0].id)
    expect(document.title).toBe('Echoes, two-layer ReLU – Bidual')
  })

  it('takes dropped files: tables become data sets, documents experiments', async () => {
    const set = await stage()
    const wrapper = show(App, set)
    const files = [
      new File(['x,y\n1,2\n3,4\n5,7\n'], 'points.csv'),
      new File([JSON.stringify({ version: 1, name: 'Dropped' })], 'dropped.bidual'),
    ]
    drag('dragenter', files)
    await nextTick()
    expect(wrapper.text()).toContain('Drop to open')
    drag('drop', files)
    await soon(() => expect(useExperimentsStore().entries.map(({ name }) => name)).toEqual(['Dropped']))
    expect(set.machine.store.listDatasets().map(({ fileName }) => fileName)).toEqual(['points.csv'])
    expect(wrapper.text()).not.toContain('Drop to open')
  })

  it('answers the menu and the keyboard, but not while someone types', async () => {
    const set = await stage({ furnished: true })
    const wrapper = show(App, set)
    set.machine.emit('command', { name: 'settings' })
    await nextTick()
    expect(wrapper.get('h1').text()).toBe('Settings')
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '1', code: 'Digit1', altKey: true }))
    await nextTick()
    const search = wrapper.get<HTMLElement>('input[type=search]')
    search.element.focus()
    key({ key: '?', shiftKey: true })
    await nextTick()
    expect(page()).not.toContain('Where the focus is')
    search.element.blur()
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '?', shiftKey: true }))
    await soon(() => expect(page()).toContain('Where the focus is'))
  })

  it('opens what the host says was opened from outside', async () => {
    const set = await stage({ furnished: true })
    show(App, set)
    const { id } = useExperimentsStore().entries[3]
    set.machine.emit('command', { name: 'open', experimentId: id })
    expect(useLayoutStore().experimentId).toBe(id)
  })

  it('says that the connection is lost, and no longer when it is back', async () => {
    const set = await stage({ furnished: true })
    const wrapper = show(App, set)
    set.setConnection('reconnecting')
    await nextTick()
    expect(wrapper.get('[role=alert]').text()).toContain('Connection lost.')
    expect(wrapper.get('[data-status=connection]').text()).toBe('reconnecting')
    set.setConnection('connected')
    await nextTick()
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  })

  it('shows queue, cores and memory as the machine tells them', async () => {
    const set = await stage()
    const wrapper = show(App, set)
    expect(wrapper.get('[data-status=queue]').text()).toBe('idle')
    set.machine.emit('queueChanged', {
      queued: 3,
      running: 2,
      slots: 4,
      memoryUsedBytes: 2e9,
      memoryLimitBytes: 8e9,
    })
    await nextTick()
    expect(wrapper.get('[data-status=queue]').text()).toBe('2 running, 3 queued')
    expect(wrapper.get('[data-status=cores]').text()).toBe('2 of 4 cores')
    expect(wrapper.get('[data-status=memory]').text()).toBe('2.0 GB of 8.0 GB')
  })
})
