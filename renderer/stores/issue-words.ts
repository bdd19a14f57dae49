/** Problems of a document as sentences, and which field they belong to. */

/** The schema library's phrases and ours; the first pattern that matches speaks. */
const PHRASES: [RegExp, (...groups: string[]) => string][] = [
  [
    /^Invalid input: expected (?:number|int), received (?:string|undefined|null|object|array|boolean)/,
    () => 'Enter a number, such as 0.1 or 1e-3.',
  ],
  [/^Invalid input: expected (?:int|integer)|^Invalid input: expected int/, () => 'Enter a whole number.'],
  [/^Invalid input: expected string, received undefined/, () => 'This is needed.'],
  [/^Invalid input: expected (\w+), received undefined/, () => 'This is needed.'],
  [
    /^Too small: expected number to be >(=?)\s*(\S+)/,
    (equal, bound) => `Enter a number ${equal ? 'of at least' : 'above'} ${bound}.`,
  ],
  [
    /^Too big: expected (?:number|int) to be <(=?)\s*(\S+)/,
    (equal, bound) => `Enter a number ${equal ? 'of at most' : 'below'} ${bound}.`,
  ],
  [/^Too small: expected array to have >=1 items/, () => 'Add at least one.'],
  [/^Too small: expected array to have >=(\d+) items/, (count) => `Enter at least ${count} values.`],
  [/^Too small: expected string/, () => 'This is empty.'],
  [
    /^Invalid option: expected one of (.*)$/,
    (options) => `Expected one of ${options.replaceAll('|', ', ').replaceAll('"', '')}.`,
  ],
]

/** @returns the message of an issue in plain words; unknown phrases stay as they are, without the path in front. */
export function sentenceOf(message: string, path: string): string {
  const plain = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message
  for (const [pattern, say] of PHRASES) {
    const found = pattern.exec(plain)
    if (found) return say(...found.slice(1))
  }
  return /[.!?]$/.test(plain) ? plain : `${plain}.`
}

/** Whether `path` is `field` or lies inside its value. */
export function covers(field: string, path: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`)
}
