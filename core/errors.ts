/** Errors that survive the wire: a stable code, a sentence for people, and where it happened. */

export const ERROR_CODES = [
  'bad-input', // the user's document, file or argument; message says what, where and what to do
  'not-found',
  'unsupported', // a combination that no method here can do
  'too-large', // over a stated limit, said before the work starts
  'conflict', // the thing is in use, exists already, or was changed meanwhile
  'forbidden', // a path or request outside what this session may touch
  'disk-full',
  'worker-died',
  'cancelled',
  'disconnected', // the window has lost its machine; it is trying to reach it again
  'internal', // a defect of ours
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** Where an error is: any part that is known. Rows and columns are one-based as people count, headers included. */
export interface ErrorPlace {
  file?: string
  row?: number
  column?: number | string
  /** JSON path such as `methods[2].learningRate`. */
  path?: string
}

export interface ErrorPayload {
  code: ErrorCode
  message: string
  place?: ErrorPlace
}

/** The one error class of the product. `message` says what was expected, what was found, and what to do. */
export class BidualError extends Error {
  readonly code: ErrorCode
  readonly place: ErrorPlace | undefined

  constructor(code: ErrorCode, message: string, place?: ErrorPlace) {
    super(message)
    this.name = 'BidualError'
    this.code = code
    this.place = place
  }

  toPayload(): ErrorPayload {
    return { code: this.code, message: this.message, ...(this.place && { place: this.place }) }
  }
}

/** A clone-safe payload of anything thrown; what is not a {@link BidualError} becomes `internal`. */
export function toErrorPayload(error: unknown): ErrorPayload {
  if (error instanceof BidualError) return error.toPayload()
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}

export function fromErrorPayload(payload: ErrorPayload): BidualError {
  return new BidualError(payload.code, payload.message, payload.place)
}

/** `sonar.csv, row 3, column "f7"`, or an empty string when nothing is known. */
export function formatPlace(place: ErrorPlace | undefined): string {
  if (!place) return ''
  const column = typeof place.column === 'string' ? `column "${place.column}"` : `column ${place.column}`
  return [
    place.file,
    place.row !== undefined && `row ${place.row}`,
    place.column !== undefined && column,
    place.path,
  ]
    .filter(Boolean)
    .join(', ')
}
