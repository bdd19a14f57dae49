/** Numbers as people read them: as many digits as a quantity deserves, the same in window, report and terminal. */

/** Shown where a number does not exist. */
export const NO_NUMBER = '–'

/** 6 significant digits: `68.9741`, `1.23457e-7`; `–` for null and NaN. */
export function formatObjective(value: number | null | undefined): string {
  return significant(value, 6, 1e-4, 1e6)
}

/** 2 significant digits, scientific below 1e-3: `0.012`, `1.1e-7`, `0`. */
export function formatGap(value: number | null | undefined): string {
  return significant(value, 2, 1e-3, 1e5)
}

/**
 * A gap relative to the objective, in percent: `+1.2 %`, `+1.1e-5 %`.
 *
 * @returns `–` when either is unknown or the objective is 0.
 */
export function formatRelativeGap(
  gap: number | null | undefined,
  objective: number | null | undefined,
): string {
  if (!isNumber(gap) || !isNumber(objective) || objective === 0) return NO_NUMBER
  return `+${formatGap((100 * gap) / Math.abs(objective))} %`
}

/** 1–3 digits and the unit: `0.012 s`, `1.2 s`, `46 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(value: number | null | undefined): string {
  if (!isNumber(value)) return NO_NUMBER
  if (value < 0.001) return value <= 0 ? '0 s' : '< 0.001 s'
  if (value < 9.95) return `${trimZeros(value.toPrecision(2))} s`
  if (value < 59.5) return `${Math.round(value)} s`
  const minutes = Math.floor(Math.round(value) / 60)
  if (minutes < 60) return `${minutes} min ${Math.round(value) % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A share in [0, 1] with one decimal: `83.3 %`. */
export function formatPercent(value: number | null | undefined): string {
  return isNumber(value) ? `${(100 * value).toFixed(1)} %` : NO_NUMBER
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Decimal units, 3 significant digits: `512 B`, `47.0 MB`. */
export function formatBytes(value: number | null | undefined): string {
  if (!isNumber(value)) return NO_NUMBER
  let amount = value
  let unit = 0
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000
    unit++
  }
  return `${unit === 0 ? amount : amount.toPrecision(3)} ${UNITS[unit]}`
}

/** A count with thin spaces between thousands, `60 000`; of very many `1.23e+52`. */
export function formatCount(value: number | null | undefined): string {
  if (!isNumber(value)) return NO_NUMBER
  if (value >= 1e15) return value.toExponential(2)
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** Mean ± standard deviation (n − 1) with the count beside it: `69.8 ± 0.3 (5)`; one value stands alone. */
export function formatMeanSd(values: readonly number[], digits = 3): string {
  if (values.length === 0) return NO_NUMBER
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (values.length === 1) return significant(mean, digits, 1e-4, 1e6)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return `${significant(mean, digits, 1e-4, 1e6)} ± ${significant(Math.sqrt(variance), 2, 1e-4, 1e6)} (${values.length})`
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && !Number.isNaN(value)
}

/** `digits` significant ones, without trailing zeros; scientific outside [low, high). */
function significant(value: number | null | undefined, digits: number, low: number, high: number): string {
  if (!isNumber(value)) return NO_NUMBER
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : minus('-∞')
  const size = Math.abs(value)
  // More digits before the point than asked for: plainly, with zeros, not in powers of ten.
  if (size >= 10 ** digits && size < high) return minus(String(Number(value.toPrecision(digits))))
  if (size >= low && size < high) return minus(trimZeros(value.toPrecision(digits)))
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e')
  return minus(`${trimZeros(mantissa)}e${exponent.replace('+', '')}`)
}

/** `1.500` → `1.5`, `2.0` → `2`; whole numbers keep their zeros. */
function trimZeros(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text
}

/** A leading hyphen as a minus sign. */
function minus(text: string): string {
  return text.replace(/^-/, '−')
}
