/** The secret that the browser host prints with its address. */
import { BidualError } from '../../core/errors.ts'

const STORAGE_KEY = 'bidual-token'

/**
 * Takes the token out of `#token=…` of the visible address, so that it is not copied or bookmarked by accident, and keeps
 * it for reloads of this tab.
 *
 * @throws BidualError `forbidden` when there is none
 */
export function takeToken(): string {
  const { hash, pathname, search } = window.location
  const fromAddress = new URLSearchParams(hash.slice(1)).get('token')
  if (fromAddress) {
    sessionStorage.setItem(STORAGE_KEY, fromAddress)
    window.history.replaceState(null, '', `${pathname}${search}`)
  }
  const token = fromAddress ?? sessionStorage.getItem(STORAGE_KEY)
  if (token) return token
  throw new BidualError(
    'forbidden',
    'This address has no token. Open the whole address that Bidual printed when it was started.',
  )
}
