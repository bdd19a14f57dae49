/** 128 bits that name a stream: four unsigned 32-bit words. */
export type StreamIdentity = readonly [number, number, number, number]

/** MurmurHash3's 32-bit finaliser: a bijection in which every input bit moves every output bit. */
function mix(word: number): number {
  let h = word >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** One odd constant a lane, so that the four lanes absorb the same word differently. */
const LANES = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const

/** The identity after one more 32-bit word; order matters. */
function absorb(identity: StreamIdentity, word: number): StreamIdentity {
  const [a, b, c, d] = identity.map((lane, i) => mix((lane + Math.imul(word | 1, LANES[i])) ^ mix(word + i)))
  // Each lane takes in its neighbour, so that no lane evolves alone.
  return [mix(a ^ b), mix(b + c), mix(c ^ d), mix(d + a)]
}

/** The identity that belongs to a seed (any number; its fraction and high bits count too). */
export function seedIdentity(seed: number): StreamIdentity {
  return childIdentity([...LANES], seed)
}

/**
 * The identity of a named child. It depends on the parent's identity and the key alone, never on how many numbers
 * were drawn; the key 1 and the key '1' are different children.
 */
export function childIdentity(parent: StreamIdentity, key: string | number): StreamIdentity {
  const words = typeof key === 'number' ? numberWords(key) : stringWords(key)
  return words.reduce(absorb, parent)
}

/** The two halves of the double (−0 counts as 0), after a tag that no string has. */
function numberWords(value: number): number[] {
  return [0xffffffff, ...new Uint32Array(new Float64Array([value + 0]).buffer)]
}

/** Length first, then the UTF-16 units, so that no key is a prefix of another. */
function stringWords(text: string): number[] {
  return [text.length, ...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))]
}
