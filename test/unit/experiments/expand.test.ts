import { describe, expect, it } from 'vitest'
import type { BidualError } from '../../../core/errors.ts'
import { dataKey, expandDocument, firstConcrete, problemKey } from '../../../core/experiments/expand.ts'

const minimal = {
  version: 1,
  name: 'spiral',
  dataset: { generator: 'spiral' },
  network: { family: 'relu' },
  loss: 'squared',
  beta: 0.1,
  methods: [{ id: 'convex' }, { id: 'sgd', trials: 3 }],
}

function refusal(json: unknown): BidualError {
  try {
    expandDocument(json)
  } catch (error) {
    return error as BidualError
  }
  throw new Error('the document was accepted')
}

describe('expandDocument', () => {
  it('fills in defaults and gives one spec a method and trial', () => {
    const specs = expandDocument(minimal)
    expect(specs.map(({ key }) => key)).toEqual(['convex', 'sgd-1', 'sgd-2', 'sgd-3'])
    expect(specs[1].label).toBe('SGD, momentum · trial 1')
    expect(specs[0].document.split).toEqual({ test: 0, seed: 1, stratify: true })
    expect(specs[0].document.limits.seconds).toBe(600)
  })

  it('expands a sweep outside the methods for every method, the last sweep fastest', () => {
    const specs = expandDocument({
      ...minimal,
      beta: { logspace: [-2, 0, 3] },
      seed: { sweep: [4, 5] },
      methods: [{ id: 'convex' }],
    })
    expect(specs.map(({ point }) => [point.beta, point.seed])).toEqual([
      [0.01, 4],
      [0.01, 5],
      [0.1, 4],
      [0.1, 5],
      [1, 4],
      [1, 5],
    ])
    expect(specs.map(({ document }) => document.beta)).toEqual([0.01, 0.01, 0.1, 0.1, 1, 1])
    expect(specs[0].key).toBe('convex@beta=0.01,seed=4')
    expect(specs[0].label).toBe('Convex · beta 0.01 · seed 4')
  })

  it('expands a sweep inside a method for that method alone', () => {
    const specs = expandDocument({
      ...minimal,
      methods: [{ id: 'convex' }, { id: 'sgd', learningRate: { sweep: [0.1, 0.01] } }],
    })
    expect(specs.map(({ key }) => key)).toEqual(['convex', 'sgd@learningRate=0.1', 'sgd@learningRate=0.01'])
    expect(specs[2].document.methods[1]).toMatchObject({ learningRate: 0.01 })
  })

  it('tells entries of the same method apart', () => {
    const methods = [
      { id: 'sgd', optimizer: 'adam' },
      { id: 'sgd', optimizer: 'gd' },
    ]
    expect(expandDocument({ ...minimal, methods }).map(({ key, label }) => [key, label])).toEqual([
      ['sgd', 'Adam'],
      ['sgd_2', 'GD'],
    ])
  })

  it.each([
    ['an unknown key at the top', { ...minimal, betta: 1 }, 'betta', /Unknown key/],
    [
      'an unknown key inside',
      { ...minimal, network: { family: 'relu', depth: 3 } },
      'network.depth',
      /^Unknown key "depth"\.$/,
    ],
    [
      'an unknown method',
      { ...minimal, methods: [{ id: 'magic' }] },
      'methods[0].id',
      /convex.*, found "magic"\.$/,
    ],
    ['an unknown family', { ...minimal, network: { family: 'transformer' } }, 'network.family', /./],
    ['β = 0', { ...minimal, beta: 0 }, 'beta', /^Expected a number above 0, found 0\.$/],
    ['β as text', { ...minimal, beta: '0.1' }, 'beta', /^Expected a number, found "0.1"\.$/],
    [
      'a wrong number in a file data set',
      { ...minimal, dataset: { file: 3 } },
      'dataset.file',
      /^Expected text, found 3\.$/,
    ],
    [
      'a misspelt key of a generator',
      { ...minimal, dataset: { generator: 'spiral', size: 3 } },
      'dataset.size',
      /Unknown key/,
    ],
    ['no methods', { ...minimal, methods: [] }, 'methods', /at least 1 entry/],
    ['a sweep without values', { ...minimal, beta: { sweep: [] } }, 'beta.sweep', /./],
    ['a sweep with another key', { ...minimal, beta: { sweep: [1], step: 2 } }, 'beta.step', /Unknown key/],
    ['a sweep over a bad value', { ...minimal, beta: { sweep: [1, -1] } }, 'beta', /above 0, found -1/],
    ['a version from the future', { ...minimal, version: 2 }, 'version', /1/],
    ['not an object', 7, '$', /object/],
  ])('refuses %s with its path', (_, json, path, message) => {
    const error = refusal(json)
    expect(error.code).toBe('bad-input')
    expect(error.place?.path).toBe(path)
    expect(error.message).toMatch(message)
  })

  it('refuses repeated sweep values, which would give two runs one folder', () => {
    expect(refusal({ ...minimal, beta: { sweep: [0.5, 0.5] } }).message).toMatch(/convex@beta=0.5/)
  })

  it('refuses absurdly many runs before making them', () => {
    const seeds = Array.from({ length: 9_000 }, (_, i) => i)
    expect(refusal({ ...minimal, seed: { sweep: seeds }, beta: { sweep: [1, 2] } }).code).toBe('too-large')
  })
})

describe('keys of shared work', () => {
  const at = (change: object) => firstConcrete({ ...minimal, ...change })

  it('share data across β, seed and width, not across preprocessing', () => {
    const base = dataKey(at({}))
    expect(dataKey(at({ beta: 7, seed: 3, network: { family: 'relu', width: 3 } }))).toBe(base)
    expect(dataKey(at({ preprocess: [{ step: 'standardize' }] }))).not.toBe(base)
  })

  it('share bounds across width and seed, not across β', () => {
    const base = problemKey(at({}))
    expect(problemKey(at({ seed: 3, network: { family: 'relu', width: 3 } }))).toBe(base)
    expect(problemKey(at({ beta: 0.2 }))).not.toBe(base)
    expect(problemKey(at({ network: { family: 'bn-relu' } }))).not.toBe(base)
  })

  it('tell networks apart by everything but the sizes of baselines', () => {
    const keyOf = (network: object) => problemKey(at({ network }))
    const same = [
      [{ family: 'parallel' }, { family: 'parallel', branches: 3 }],
      [{ family: 'conv-bn' }, { family: 'conv-bn', width: 3 }],
    ]
    for (const [one, other] of same) expect(keyOf(other)).toBe(keyOf(one))
    const different = [
      { family: 'parallel' },
      { family: 'parallel', m1: 2 },
      { family: 'parallel', m2: 2 },
      { family: 'conv-bn' },
      { family: 'conv-bn', filter: 2 },
      { family: 'conv-bn', filter: [1, 3] },
      { family: 'conv-bn', stride: 2 },
      { family: 'conv-bn', padding: 1 },
      { family: 'relu-bias' },
      { family: 'relu-bias', outputBias: false },
      { family: 'relu', layers: 3 },
      { family: 'linear', layers: 3 },
      { family: 'linear' },
    ].map(keyOf)
    expect(new Set(different).size).toBe(different.length)
  })
})
