/** Where the code of a worker thread is. */

/** worker.js beside the host's bundle; the source where hosts run from their sources (Node strips the types). */
export function workerLocation(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('./entry.ts', import.meta.url)
    : new URL('./worker.js', import.meta.url)
}
