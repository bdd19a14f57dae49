/** Problems of a document in words: what was expected, what was found, at which JSON path. */
import type { z } from 'zod'
import { BidualError } from '../errors.ts'

/** One problem of a document, for the field it belongs to. */
export interface DocumentIssue {
  /** `methods[2].learningRate`; `$` for the document as a whole. */
  path: string
  message: string
}

/** `["methods", 2, "learningRate"]` → `methods[2].learningRate`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text ? `${text}.${String(part)}` : String(part)
  }, '')
}

/**
 * @param error of a schema
 * @param json what the schema was given
 * @param base where `json` stands in the document
 * @returns one row a problem, unknown keys one by one
 */
export function issuesOf(
  error: z.ZodError,
  json: unknown,
  base: readonly PropertyKey[] = [],
): DocumentIssue[] {
  return flatten(error.issues).flatMap((issue) => {
    const at = (path: readonly PropertyKey[]) => formatPath([...base, ...path]) || '$'
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: at([...issue.path, key]), message: `Unknown key "${key}".` }))
    }
    return [{ path: at(issue.path), message: inWords(issue, valueAt(json, issue.path)) }]
  })
}

/** The first problem as an error, with the number of the others. */
export function firstIssue(error: z.ZodError, json: unknown, base: readonly PropertyKey[] = []): BidualError {
  const [first, ...others] = issuesOf(error, json, base)
  const more = others.length > 0 ? ` (${others.length} more after this one.)` : ''
  return new BidualError('bad-input', first.message + more, { path: first.path })
}

/** A union reports every branch; the branch with the deepest path is the one that was meant. */
function flatten(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
    const depth = (branch: readonly z.core.$ZodIssue[]) =>
      Math.max(...branch.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 0.5 : 0)))
    const best = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]
    return flatten(best).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
  })
}

function inWords(issue: z.core.$ZodIssue, found: unknown): string {
  const expected = expectation(issue)
  return expected ? `Expected ${expected}, found ${show(found)}.` : `${issue.message}.`
}

/** What would have been right; null where the schema's own message says it. */
function expectation(issue: z.core.$ZodIssue): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_WORDS[issue.expected] ?? issue.expected
    case 'too_small':
      return sized(
        issue.origin,
        issue.inclusive === false ? 'above' : 'of at least',
        'at least',
        issue.minimum,
      )
    case 'too_big':
      return sized(issue.origin, issue.inclusive === false ? 'below' : 'of at most', 'at most', issue.maximum)
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? oneOf(issue.options) : null
    case 'unrecognized_keys':
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
      return null
  }
}

const TYPE_WORDS: Partial<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
}

const UNITS: Partial<Record<string, readonly [string, string]>> = {
  array: ['entry', 'entries'],
  string: ['character', 'characters'],
}

function sized(origin: string, relation: string, atLeast: string, bound: number | bigint): string {
  const units = UNITS[origin]
  return units ? `${atLeast} ${bound} ${units[Number(bound !== 1)]}` : `a number ${relation} ${bound}`
}

const oneOf = (values: readonly unknown[]) =>
  values.length === 1 ? show(values[0]) : `one of ${values.map(show).join(', ')}`

const LONGEST = 40

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    json,
  )
}
