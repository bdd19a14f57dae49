/** Numbers as people read them: as many digits as they deserve. Full precision belongs in titles and copies. */

const MINUS = '−'
const NOTHING = '–'
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'

type Maybe = number | null | undefined

const missing = (value: Maybe): value is null | undefined =>
  value === null || value === undefined || Number.isNaN(value)

function infinite(value: number): string | null {
  if (Number.isFinite(value)) return null
  return value > 0 ? '∞' : `${MINUS}∞`
}

const typeset = (text: string) => text.replace('-', MINUS)

/** `-7` → `⁻⁷`. */
export function superscript(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)])
  return exponent < 0 ? `⁻${digits}` : digits
}

/** `1.2e-7`; the exponent keeps its plain minus so that it can be pasted. */
function scientific(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e')
  return `${typeset(mantissa)}e${exponent.replace('+', '')}`
}

/**
 * A number with `digits` significant digits; scientific outside [1e-3, 1e7).
 * @returns an en dash for a value that does not exist
 */
export function formatNumber(value: Maybe, digits = 4): string {
  if (missing(value)) return NOTHING
  const edge = infinite(value)
  if (edge) return edge
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 1e-3 || size >= 1e7) return scientific(value, digits)
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)))
  return typeset(value.toFixed(decimals))
}

/** Trailing zeros dropped: for settings and axis ends, where `0.1000` would say too much. */
export function formatShort(value: Maybe, digits = 4): string {
  if (missing(value)) return NOTHING
  const edge = infinite(value)
  if (edge) return edge
  const size = Math.abs(value)
  const rounded = Number(value.toPrecision(digits))
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa, exponent] = rounded.toExponential().split('e')
    return `${typeset(mantissa)}e${exponent.replace('+', '')}`
  }
  return typeset(String(rounded))
}

/** Six significant digits. */
export const formatObjective = (value: Maybe) => formatNumber(value, 6)

/** Two significant digits, scientific below 1e-3. */
export const formatGap = (value: Maybe) => formatNumber(value, 2)

/** A share in [0, 1] as per cent with one decimal, without the sign: units belong in the header. */
export const formatPercent = (share: Maybe) => (missing(share) ? NOTHING : typeset((100 * share).toFixed(1)))

/** Seconds without the unit: two decimals below 10, one below 100, none above. */
export function formatSeconds(seconds: Maybe): string {
  if (missing(seconds)) return NOTHING
  if (seconds < 10) return seconds.toFixed(2)
  return seconds.toFixed(seconds < 100 ? 1 : 0)
}

/** `3 s`, `2 min 5 s`, `1 h 20 min`: for sentences. */
export function formatDuration(seconds: Maybe): string {
  if (missing(seconds)) return NOTHING
  if (seconds < 1) return 'under 1 s'
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600)
    return [`${Math.floor(whole / 60)} min`, whole % 60 && `${whole % 60} s`].filter(Boolean).join(' ')
  const minutes = Math.round(whole / 60)
  return [`${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`].filter(Boolean).join(' ')
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Decimal units: `1.2 MB`. */
export function formatBytes(bytes: Maybe): string {
  if (missing(bytes)) return NOTHING
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${BYTE_UNITS[unit]}`
}

/** Thousands apart by a narrow space: `12 345`. */
export function formatCount(value: Maybe): string {
  if (missing(value)) return NOTHING
  return typeset(String(Math.round(value))).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')
}

/** `3 runs`, `1 run`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `5 min ago`, then the day; `now` in milliseconds since the epoch. */
export function formatAge(iso: string, now: number): string {
  const seconds = (now - Date.parse(iso)) / 1000
  if (seconds < 60) return 'just now'
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return iso.slice(0, 10)
}
