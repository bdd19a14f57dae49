// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import type { VueWrapper } from '@vue/test-utils'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FamilyId } from '../../../../core/experiments/document.ts'
import Select from '../../../../renderer/components/Select.vue'
import { useDraftStore } from '../../../../renderer/stores/draft.ts'
import {
  FAMILY_OPTIONS,
  NETWORK_FIELDS,
} from '../../../../renderer/views/experiment/fields/network-fields.ts'
import NetworkSection from '../../../../renderer/views/experiment/problem/NetworkSection.vue'
import { stage, withTooltips } from '../frame/stage.ts'

type Settings = Record<string, string | number | boolean | number[]>

const documentWith = (network: Settings) => ({
  version: 1,
  name: 'Points',
  dataset: { generator: 'planted' },
  network,
  loss: 'squared',
  beta: 0.1,
  methods: [{ id: 'sgd' }],
})

/** The TeX itself: KaTeX wants a page in standards mode. */
const Formula = { props: ['tex'], template: '<code class="formula">{{ tex }}</code>' }

async function section(network: Settings) {
  const { machine, pinia } = await stage()
  const { id } = await machine.request('createExperiment', { document: documentWith(network) })
  const draft = useDraftStore(pinia)
  await draft.open(id)
  const wrapper = mount(withTooltips(NetworkSection), { global: { plugins: [pinia], stubs: { Formula } } })
  onTestFinished(() => wrapper.unmount())
  const choose = async (family: FamilyId) => {
    wrapper.findComponent(Select).vm.$emit('update:modelValue', family)
    await flushPromises()
  }
  return { draft, wrapper: wrapper as VueWrapper, choose }
}
const labels = (wrapper: VueWrapper) => wrapper.findAll('.name').map((name) => name.text())

describe('network section', () => {
  test('shows the settings of the family chosen, and its objective', async () => {
    const { draft, wrapper, choose } = await section({ family: 'relu' })
    for (const { value } of [...FAMILY_OPTIONS].reverse()) {
      await choose(value)
      expect(draft.document.network).toMatchObject({ family: value })
      expect(labels(wrapper)).toEqual(NETWORK_FIELDS[value].map(({ label }) => label))
      expect(draft.issues).toEqual([])
      expect(wrapper.find('.objective').text()).toContain(String.raw`\min_{`)
    }
  })

  test('brings back what was typed for a family', async () => {
    const { draft, choose } = await section({ family: 'relu', layers: 4, width: 12, bias: false })
    await choose('parallel')
    expect(draft.document.network).toEqual({ family: 'parallel' })
    draft.set(['network', 'm1'], 7)
    await choose('relu')
    expect(draft.document.network).toEqual({ family: 'relu', layers: 4, width: 12, bias: false })
    await choose('parallel')
    expect(draft.document.network).toEqual({ family: 'parallel', m1: 7 })
  })

  test('takes filters as height × width', async () => {
    const { draft, wrapper } = await section({ family: 'conv-bn', filter: [2, 3] })
    const filter = wrapper.findAll('input').find(({ element }) => element.value === '2 × 3')!
    await filter.setValue('4x5')
    expect(draft.document.network).toEqual({ family: 'conv-bn', filter: [4, 5] })
    await filter.setValue('5')
    expect(draft.document.network).toEqual({ family: 'conv-bn', filter: 5 })
  })

  test('writes the depth into the formula', async () => {
    const { draft, wrapper } = await section({ family: 'relu' })
    const formula = () => wrapper.find('.objective').text()
    expect(formula()).toContain('w_2')
    draft.set(['network', 'layers'], 3)
    await flushPromises()
    expect(formula()).toContain('w_3')
  })
})
