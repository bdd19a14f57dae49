import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  GENERATOR_SCHEMAS,
  METHOD_SCHEMAS,
  NETWORK_SCHEMAS,
  STEP_SCHEMAS,
  fileDatasetSchema,
  limitsSchema,
  splitSchema,
} from '../../../../core/experiments/document.ts'
import {
  GENERATOR_FIELDS,
  SPLIT_FIELDS,
  STEP_FIELDS,
} from '../../../../renderer/views/experiment/fields/data-fields.ts'
import type { FieldDefinition } from '../../../../renderer/views/experiment/fields/definitions.ts'
import { FILE_FIELDS } from '../../../../renderer/views/experiment/fields/file-fields.ts'
import { METHOD_FIELDS } from '../../../../renderer/views/experiment/fields/method-fields.ts'
import {
  FAMILY_OPTIONS,
  NETWORK_FIELDS,
} from '../../../../renderer/views/experiment/fields/network-fields.ts'
import { formatNames, parseNames } from '../../../../renderer/views/experiment/fields/names-text.ts'
import {
  formatNumericValue,
  parseNumericText,
  sweepLength,
} from '../../../../renderer/views/experiment/fields/numeric-text.ts'
import { LIMIT_FIELDS } from '../../../../renderer/views/experiment/fields/problem-fields.ts'
import {
  defaultAt,
  settingPaths,
  unwrapped,
  withDefaults,
} from '../../../../renderer/views/experiment/fields/schema-walk.ts'
import { formatSize, parseSize } from '../../../../renderer/views/experiment/fields/size-text.ts'
import { networkOfFamily } from '../../../../renderer/views/experiment/fields/switch-family.ts'

const fieldsOf = <Id extends string>(table: Record<Id, { fields: FieldDefinition[] }>) =>
  Object.entries<{ fields: FieldDefinition[] }>(table).map(([id, { fields }]) => [id, fields] as const)

const TABLES: [string, z.ZodType, readonly FieldDefinition[], string[]][] = [
  ...Object.entries(METHOD_FIELDS).map(([id, fields]): [string, z.ZodType, FieldDefinition[], string[]] => [
    id,
    METHOD_SCHEMAS[id as never],
    fields,
    [],
  ]),
  ...fieldsOf(GENERATOR_FIELDS).map(([id, fields]): [string, z.ZodType, FieldDefinition[], string[]] => [
    id,
    GENERATOR_SCHEMAS[id as never],
    fields,
    [],
  ]),
  // One-hot columns are all categorical ones unless the document says otherwise.
  ...fieldsOf(STEP_FIELDS).map(([id, fields]): [string, z.ZodType, FieldDefinition[], string[]] => [
    id,
    STEP_SCHEMAS[id as never],
    fields,
    ['columns'],
  ]),
  ['split', splitSchema, SPLIT_FIELDS, []],
  ['limits', limitsSchema, LIMIT_FIELDS, []],
  // File and target have controls of their own.
  ['file', fileDatasetSchema, FILE_FIELDS, ['file', 'target']],
  ...Object.entries(NETWORK_FIELDS).map(([id, fields]): [string, z.ZodType, FieldDefinition[], string[]] => [
    id,
    NETWORK_SCHEMAS[id as never],
    fields,
    [],
  ]),
]

describe.each(TABLES)('fields of %s', (_, schema, fields, elsewhere) => {
  test('cover every setting of the schema, and nothing else', () => {
    const expected = settingPaths(schema).filter((path) => !elsewhere.includes(path))
    expect(fields.map(({ path }) => path).sort()).toEqual(expected.sort())
  })

  test('offer exactly the schema’s choices, each with words and help', () => {
    for (const field of fields) {
      expect(field.label).not.toBe('')
      expect(field.help).toMatch(/[.]$/)
      if (field.kind !== 'choice' || field.values?.true !== undefined) continue
      const target = field.path
        .split('.')
        .reduce<z.ZodType>((at, key) => (unwrapped(at) as z.ZodObject).shape[key] as z.ZodType, schema)
      const options = field.options
        .map(({ value }) => value)
        .filter((value) => !(field.values && value in field.values))
      expect(options).toEqual((unwrapped(target) as z.ZodEnum).options)
    }
  })
})

describe('network families', () => {
  test('all can be chosen, in the order of the schema', () => {
    expect(FAMILY_OPTIONS.map(({ value }) => value)).toEqual(Object.keys(NETWORK_SCHEMAS))
  })

  test('keep what the next one has too, and nothing that it does not know', () => {
    const relu = { family: 'relu', layers: 4, width: { sweep: [5, 10] }, bias: false, outputs: 'one-hot' }
    expect(networkOfFamily(relu, 'linear')).toEqual({
      family: 'linear',
      layers: 4,
      width: { sweep: [5, 10] },
      outputs: 'one-hot',
    })
    expect(networkOfFamily(relu, 'conv-bn')).toEqual({
      family: 'conv-bn',
      width: { sweep: [5, 10] },
      outputs: 'one-hot',
    })
    for (const { value } of FAMILY_OPTIONS) {
      const next = networkOfFamily({ ...relu, width: 7 }, value)
      expect(NETWORK_SCHEMAS[value].safeParse(next).success, value).toBe(true)
    }
    expect(networkOfFamily('nonsense', 'parallel')).toEqual({ family: 'parallel' })
  })

  test('have filters given by a side, by height and width, or by a sweep', () => {
    expect(['3', '3 × 5', '2x4', '3, 5', '', 'abc'].map(parseSize)).toEqual([
      3,
      [3, 5],
      [2, 4],
      { sweep: [3, 5] },
      undefined,
      'abc',
    ])
    for (const value of [3, [3, 5], { sweep: [3, 5] }]) expect(parseSize(formatSize(value))).toEqual(value)
  })
})

describe('schema-walk', () => {
  test('defaults come from the schema, through nullable and nested objects', () => {
    expect(defaultAt(METHOD_SCHEMAS.sgd, ['learningRate'])).toBe(0.01)
    expect(defaultAt(METHOD_SCHEMAS.sgd, ['schedule'])).toBeNull()
    expect(defaultAt(METHOD_SCHEMAS.sgd, ['schedule', 'patience'])).toBe(10)
    expect(defaultAt(METHOD_SCHEMAS.convex, ['arrangements', 'count'])).toBe(200)
    expect(defaultAt(GENERATOR_SCHEMAS['points-1d'], ['x'])).toBeUndefined()
  })

  test('what is written stays beside the defaults, valid or not', () => {
    const settings = withDefaults(METHOD_SCHEMAS.convex, {
      arrangements: { mode: 'sample' },
      tolerance: 'tiny',
      odd: 1,
    })
    expect(settings).toMatchObject({
      arrangements: { mode: 'sample', count: 200 },
      tolerance: 'tiny',
      odd: 1,
    })
  })
})

describe('numeric text', () => {
  test.each([
    ['0.1', 0.1],
    ['−3', -3],
    ['1e-3', 0.001],
    ['', undefined],
    ['0.1, 0.2 0.5', { sweep: [0.1, 0.2, 0.5] }],
    ['1e-4 … 1 × 5', { logspace: [-4, 0, 5] }],
    ['1e-4..1 x5', { logspace: [-4, 0, 5] }],
    ['1e-4:1:5', { logspace: [-4, 0, 5] }],
    ['full', 'full'],
    ['0,5', '0,5'],
    ['abc', 'abc'],
    ['0.1e', '0.1e'],
  ])('%j reads as %j', (text, value) => {
    expect(parseNumericText(text, ['full'])).toEqual(value)
  })

  test('every value is shown as a text that reads back as the same value', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
    const values = fc.oneof(
      number,
      fc.array(number, { minLength: 2, maxLength: 5 }).map((sweep) => ({ sweep })),
    )
    fc.assert(
      fc.property(values, (value) => {
        expect(parseNumericText(formatNumericValue(value))).toEqual(value)
      }),
    )
  })

  test('a range survives, and counts its values', () => {
    const range = { logspace: [-3, 1, 9] }
    expect(parseNumericText(formatNumericValue(range))).toEqual(range)
    expect([sweepLength(range), sweepLength({ sweep: [1, 2] }), sweepLength(3)]).toEqual([9, 2, 1])
  })

  test('columns are names or numbers', () => {
    expect(parseNames('id, 3, free text')).toEqual(['id', 3, 'free text'])
    expect(formatNames(['id', 3])).toBe('id, 3')
    expect(parseNames('')).toBeUndefined()
  })
})
