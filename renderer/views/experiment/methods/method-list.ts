/** The document's methods as cards: one per entry, and one, unchecked, for every method without an entry. */
import { METHODS, methodApplies, methodLabel } from '../../../../core/experiments/catalog.ts'
import type { Applicability } from '../../../../core/experiments/catalog.ts'
import {
  METHOD_IDS,
  METHOD_SCHEMAS,
  networkSchema,
  lossSchema,
} from '../../../../core/experiments/document.ts'
import type { MethodId, MethodSettings } from '../../../../core/experiments/document.ts'
import type { ProblemSummary } from '../../../../core/experiments/result.ts'
import { getAt, isObject, removeAt } from '../../../stores/json-path.ts'
import type { Json, JsonObject } from '../../../stores/json-path.ts'
import { keysOf } from '../fields/definitions.ts'
import type { FieldDefinition } from '../fields/definitions.ts'
import { formatNumericValue } from '../fields/numeric-text.ts'

export interface MethodCard {
  id: MethodId
  /** Index into `document.methods`; null: not chosen. */
  index: number | null
  /** Distinguishes entries of one method: 1, 2, … */
  occurrence: number
}

const isMethod = (id: Json): id is MethodId => typeof id === 'string' && id in METHOD_SCHEMAS

/** Cards in the order of the method table; entries of one method in the order of the document. */
export function methodCards(methods: readonly Json[]): MethodCard[] {
  return METHOD_IDS.flatMap((id): MethodCard[] => {
    const entries = methods.flatMap((entry, index) => (getAt(entry, ['id']) === id ? [index] : []))
    if (entries.length === 0) return [{ id, index: null, occurrence: 1 }]
    return entries.map((index, i) => ({ id, index, occurrence: i + 1 }))
  })
}

/** Indices of entries that this version has no method for. */
export const unknownMethods = (methods: readonly Json[]): number[] =>
  methods.flatMap((entry, index) => (isMethod(getAt(entry, ['id'])) ? [] : [index]))

/** @returns null while the settings are not valid. */
function settingsOf(entry: Json, id: MethodId): MethodSettings | null {
  // A sweep inside the settings does not change whether the method applies.
  const concrete = isObject(entry) ? withoutSweeps(entry) : { id }
  const parsed = METHOD_SCHEMAS[id].safeParse(concrete)
  return parsed.success ? parsed.data : null
}

function withoutSweeps(entry: JsonObject): Json {
  return Object.entries(entry).reduce<Json>((settings, [key, value]) => {
    const swept = isObject(value) && ('sweep' in value || 'logspace' in value)
    return swept ? removeAt(settings, [key]) : settings
  }, entry)
}

const smallest = (beta: Json): number | null => {
  if (typeof beta === 'number') return beta
  const values = getAt(beta, ['sweep'])
  return Array.isArray(values) && values.every((value) => typeof value === 'number')
    ? Math.min(...values)
    : null
}

/**
 * Whether a card's method covers the problem, and why.
 *
 * @returns null while that cannot be known: data not read, network or settings not valid
 */
export function cardApplies(
  document: JsonObject,
  card: MethodCard,
  summary: ProblemSummary | null,
): Applicability | null {
  const network = networkSchema.safeParse(document.network)
  const loss = lossSchema.safeParse(document.loss)
  const entry = card.index === null ? { id: card.id } : getAt(document, ['methods', card.index])
  const settings = settingsOf(entry, card.id)
  if (!summary || !network.success || !loss.success || !settings) return null
  const beta = smallest(document.beta) ?? 1
  return methodApplies({ network: network.data, loss: loss.data, beta, summary }, settings)
}

/** Those that are chosen or may be, and those that do not apply and are not chosen. */
export function sortCards(
  document: JsonObject,
  cards: readonly MethodCard[],
  summary: ProblemSummary | null,
): Record<'offered' | 'refused', MethodCard[]> {
  const isRefused = (card: MethodCard) =>
    card.index === null && cardApplies(document, card, summary)?.applies === false
  return { offered: cards.filter((card) => !isRefused(card)), refused: cards.filter(isRefused) }
}

/** "SGD, momentum", or the theorem, where the settings say so, else the method's title. */
function entryWords(entry: Json, id: MethodId): string {
  const settings = id === 'sgd' || id === 'closed-form' ? settingsOf(entry, id) : null
  return settings ? methodLabel(settings) : METHODS[id].title
}

/** The card's words; entries with the same words are counted, as in the results. */
export function cardTitle(document: JsonObject, { id, index }: MethodCard): string {
  if (index === null) return METHODS[id].title
  const methods = getAt(document, ['methods']) as Json[]
  const words = entryWords(methods[index], id)
  const equal = methods
    .slice(0, index)
    .filter((entry) => getAt(entry, ['id']) === id && entryWords(entry, id) === words)
  return equal.length > 0 ? `${words} (${equal.length + 1})` : words
}

/** What a person has set, in the words of the form: "learning rate 0.01, trials 5". */
export function cardDigest(entry: Json, fields: readonly FieldDefinition[]): string {
  const words = fields.flatMap(({ path, label, kind }) => {
    const value = getAt(entry, keysOf(path))
    if (value === undefined || path === 'optimizer' || kind === 'group') return []
    return `${label.toLowerCase()} ${formatNumericValue(value)}`
  })
  return words.join(', ')
}
