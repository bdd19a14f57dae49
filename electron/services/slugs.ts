/** Names for folders from names for people. */

const MAX_LENGTH = 48

/** `Sonar (ReLU, 2 layers).csv` → `sonar-relu-2-layers-csv`; never empty, always within the protocol's id schema. */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    // Accents, which now stand on their own.
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '')
  return plain || 'unnamed'
}

/** The slug, or the first of `slug-2`, `slug-3`, … that is not taken. */
export function freeSlug(name: string, taken: (slug: string) => boolean): string {
  const base = slug(name)
  let candidate = base
  for (let i = 2; taken(candidate); i++) candidate = `${base}-${i}`
  return candidate
}
