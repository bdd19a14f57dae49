/** Reading and changing JSON at a path, without mutation: what edits of a document are made of. */

export type Json = unknown
export type JsonPath = readonly (string | number)[]
export type JsonObject = Record<string, Json>

export const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @returns the value at `path`, or undefined where there is none. */
export function getAt(json: Json, path: JsonPath): Json {
  return path.reduce<Json>((value, part) => {
    if (Array.isArray(value)) return value[part as number] as Json
    return isObject(value) ? value[part] : undefined
  }, json)
}

/** The document with `value` at `path`; missing containers are made (an array before a number). */
export function setAt(json: Json, path: JsonPath, value: Json): Json {
  if (path.length === 0) return value
  const [head, ...rest] = path
  if (typeof head === 'number') {
    const items = Array.isArray(json) ? [...(json as Json[])] : []
    items[head] = setAt(items[head], rest, value)
    return items
  }
  const record = isObject(json) ? json : {}
  return { ...record, [head]: setAt(record[head], rest, value) }
}

/** The document without `path`: an object loses its key, an array the element. */
export function removeAt(json: Json, path: JsonPath): Json {
  const [head, ...rest] = path
  if (getAt(json, path) === undefined) return json
  if (rest.length > 0) {
    const child = removeAt(getAt(json, [head]), rest)
    return setAt(json, [head], child)
  }
  if (Array.isArray(json)) return (json as Json[]).filter((_, i) => i !== head)
  return Object.fromEntries(Object.entries(json as JsonObject).filter(([key]) => key !== head))
}

/** An array with one element moved from an index to another. */
export function move<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, i) => i !== from)
  return [...rest.slice(0, to), items[from], ...rest.slice(to)]
}

/** Deep equality of JSON values; key order does not count. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key], b[key]))
}
