/** The window's own address: a scheme of its own instead of files, so that the same-origin rules hold. */
export const SCHEME = 'app'
export const HOST = 'bidual'
export const ORIGIN = `${SCHEME}://${HOST}`

/** Whether an address belongs to the window that we serve. */
export function isOwnAddress(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === `${SCHEME}:` && new URL(address).host === HOST
}
