/** A chart's colours, read from the window's CSS tokens, so that there is one palette and not two. */

export interface ChartTheme {
  background: string
  text: string
  muted: string
  border: string
  font: string
  fontSize: number
  /** The colour of a series token such as `--series-convex`. */
  colour: (token: string) => string
}

/**
 * Read the tokens as they are now.
 *
 * @param read value of a CSS custom property; references between properties already resolved
 */
export function chartTheme(read: (token: string) => string): ChartTheme {
  return {
    background: read('--surface'),
    text: read('--text'),
    muted: read('--muted'),
    border: read('--border'),
    // Names of fonts need no quotes, and in the attributes of an SVG file quotes would end the attribute.
    font: read('--font').replaceAll(/["']/g, '') || 'sans-serif',
    fontSize: 11,
    colour: (token) => read(token) || read('--text'),
  }
}
