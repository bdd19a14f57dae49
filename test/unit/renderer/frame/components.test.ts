// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, nextTick } from 'vue'
import { RUN_STATUSES } from '../../../../core/experiments/result.ts'
import DataTable from '../../../../renderer/components/DataTable.vue'
import Field from '../../../../renderer/components/Field.vue'
import NumberInput from '../../../../renderer/components/NumberInput.vue'
import Split from '../../../../renderer/components/Split.vue'
import { compareCells } from '../../../../renderer/components/table.ts'
import { STATUS_WORDS, certificateSentence } from '../../../../renderer/components/words.ts'
import { useLayoutStore } from '../../../../renderer/stores/layout.ts'
import { stage } from './stage.ts'

describe('NumberInput in a Field', () => {
  function field(props: Record<string, unknown>, value: number | null = 0.1) {
    const host = defineComponent({
      components: { Field, NumberInput },
      data: () => ({ value, props }),
      template: '<Field label="Beta"><NumberInput v-model="value" v-bind="props" /></Field>',
    })
    return mount(host)
  }

  it('lets only numbers out and says what is wrong with the rest', async () => {
    const wrapper = field({ min: 0, exclusive: true })
    const input = wrapper.get('input')
    await input.setValue('2e-3')
    expect(wrapper.vm.value).toBe(0.002)
    await input.setValue('0')
    expect(wrapper.vm.value).toBe(0.002)
    const error = wrapper.get('[role=alert]')
    expect(error.text()).toBe('Enter a number above 0.')
    expect(input.attributes('aria-invalid')).toBe('true')
    expect(input.attributes('aria-describedby')).toBe(error.attributes('id'))
    await input.setValue('1')
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  })

  it('is labelled by its field and steps with the arrow keys', async () => {
    const wrapper = field({})
    const input = wrapper.get('input')
    expect(wrapper.get('label').attributes('for')).toBe(input.attributes('id'))
    await input.trigger('keydown', { key: 'ArrowUp' })
    expect(wrapper.vm.value).toBe(0.2)
    await input.trigger('keydown', { key: 'ArrowDown', shiftKey: true })
    expect(wrapper.vm.value).toBe(0.02)
    expect(input.element.value).toBe('0.02')
  })

  it('takes an empty field as nothing only where that is allowed', async () => {
    const optional = field({ optional: true })
    await optional.get('input').setValue('')
    expect(optional.vm.value).toBeNull()
    const needed = field({})
    await needed.get('input').setValue('')
    expect(needed.vm.value).toBe(0.1)
  })

  it('follows the value from outside, but not while what is typed means the same', async () => {
    const wrapper = field({})
    const input = wrapper.get('input')
    await input.setValue('1e1')
    expect(input.element.value).toBe('1e1')
    wrapper.vm.value = 5
    await nextTick()
    expect(input.element.value).toBe('5')
  })
})

describe('DataTable', () => {
  interface Row {
    key: string
    gap: number | null
  }
  const columns = [
    { id: 'key', header: 'Method', value: ({ key }: Row) => key },
    { id: 'gap', header: 'Gap', value: ({ gap }: Row) => gap, align: 'end' as const },
  ]
  const rows: Row[] = [
    { key: 'b', gap: 2 },
    { key: 'a', gap: null },
    { key: 'c', gap: 0.5 },
    { key: 'd', gap: 11 },
  ]
  const table = (extra: Record<string, unknown> = {}) =>
    mount(DataTable<Row>, {
      props: { rows, columns, rowKey: ({ key }: Row) => key, label: 'Runs', ...extra },
    })
  const order = (wrapper: ReturnType<typeof table>) => wrapper.findAll('tbody tr').map((row) => row.text()[0])

  it('sorts numbers by size, up, down and back, with missing values last', async () => {
    const wrapper = table()
    const [, gap] = wrapper.findAll('th button')
    expect(order(wrapper)).toEqual(['b', 'a', 'c', 'd'])
    await gap.trigger('click')
    expect(order(wrapper)).toEqual(['c', 'b', 'd', 'a'])
    expect(wrapper.findAll('th')[1].attributes('aria-sort')).toBe('ascending')
    await gap.trigger('click')
    expect(order(wrapper)).toEqual(['d', 'b', 'c', 'a'])
    await gap.trigger('click')
    expect(order(wrapper)).toEqual(['b', 'a', 'c', 'd'])
  })

  it('sorts words with numbers in them as people count', () => {
    expect(['trial 10', 'trial 2', 'Trial 1'].sort(compareCells)).toEqual(['Trial 1', 'trial 2', 'trial 10'])
  })

  it('follows its rows', async () => {
    const wrapper = table({ sortBy: { id: 'gap' } })
    await wrapper.setProps({ rows: [...rows, { key: 'e', gap: 0.1 }] })
    expect(order(wrapper)).toEqual(['e', 'c', 'b', 'd', 'a'])
  })

  it('has one row in the tab order and is walked by arrows', async () => {
    const wrapper = table({ selectable: true, selected: 'c' })
    document.body.append(wrapper.element as HTMLElement)
    expect(wrapper.findAll('tr[tabindex="0"]').map((row) => row.attributes('data-key'))).toEqual(['c'])
    const row = wrapper.get<HTMLElement>('[data-key=c]')
    row.element.focus()
    await row.trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement?.getAttribute('data-key')).toBe('d')
    await wrapper.get('[data-key=d]').trigger('keydown', { key: 'Enter' })
    expect(wrapper.emitted('select')).toEqual([[rows[3]]])
    wrapper.unmount()
  })

  it('draws only a part of a long table', () => {
    const many = Array.from({ length: 5000 }, (_, i) => ({ key: `r${i}`, gap: i }))
    const wrapper = table({ rows: many })
    expect(wrapper.findAll('tbody tr').length).toBeLessThan(200)
    expect(wrapper.get('table').attributes('aria-rowcount')).toBe('5000')
  })
})

describe('Split', () => {
  it('is resized and collapsed by keyboard, within its limits, and remembers', async () => {
    const { pinia } = await stage()
    const wrapper = mount(Split, {
      global: { plugins: [pinia] },
      props: { name: 'list', label: 'list', size: 240, min: 180, max: 260 },
      slots: { start: '<p>start</p>', end: '<p>end</p>' },
    })
    const handle = wrapper.get('[role=separator]')
    await handle.trigger('keydown', { key: 'ArrowRight' })
    await handle.trigger('keydown', { key: 'ArrowRight' })
    expect(useLayoutStore().size('list')).toBe(260)
    await handle.trigger('keydown', { key: 'Home' })
    expect(handle.attributes('aria-valuenow')).toBe('180')
    await handle.trigger('keydown', { key: 'Enter' })
    expect(useLayoutStore().isCollapsed('list')).toBe(true)
    expect(wrapper.get<HTMLElement>('.pane').element.style.display).toBe('none')
  })
})

describe('words', () => {
  it('every status has a word of its own and a sentence', () => {
    const words = RUN_STATUSES.map((status) => STATUS_WORDS[status].word)
    expect(new Set(words).size).toBe(words.length)
    for (const status of RUN_STATUSES) expect(STATUS_WORDS[status].sentence).toMatch(/^[A-Z].*\.$/)
  })

  it('never says optimal without saying of what', () => {
    expect(certificateSentence('global', null)).toContain('optimal for the network')
    expect(certificateSentence('bound', '1.2')).toBe('At most 1.2 % above the optimum of the network.')
    expect(certificateSentence('dictionary', '0.1')).toContain('patterns used only')
  })
})
