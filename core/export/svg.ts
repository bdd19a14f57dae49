/** Drawings made elsewhere, let into a report: only shapes, text and their looks. */
import { BidualError } from '../errors.ts'

const ELEMENTS = new Set(
  (
    'svg g path rect circle ellipse line polyline polygon text tspan defs clippath lineargradient radialgradient ' +
    'stop pattern title desc mask marker'
  ).split(' '),
)
const ATTRIBUTES = new Set(
  (
    'id class d x y x1 y1 x2 y2 cx cy r rx ry dx dy fx fy width height viewbox points transform fill fill-opacity ' +
    'fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin ' +
    'stroke-miterlimit opacity clip-path clip-rule mask font-size font-family font-weight font-style text-anchor ' +
    'dominant-baseline alignment-baseline letter-spacing paint-order offset stop-color stop-opacity gradientunits ' +
    'gradienttransform patternunits patterntransform preserveaspectratio xmlns version role aria-label ' +
    'aria-hidden visibility display style xml:space'
  ).split(' '),
)
/** The only reference that may stand in a value: to something in the same drawing. */
const LOCAL_URL = /url\(\s*(['"]?)#[\w-]+\1\s*\)/gi
const DANGEROUS = /url\(|javascript:|expression\(|@import|\\|&#/i
const TAG = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/y
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/**
 * The drawing when everything in it is allowed. Nothing is repaired: what is not known to be harmless is refused.
 *
 * @throws BidualError naming the element or attribute that is not allowed.
 */
export function safeSvg(svg: string): string {
  const text = svg.trim().replace(/^<\?xml[^>]*\?>\s*/, '')
  if (!/^<svg[\s>]/.test(text)) throw refuse('it does not begin with <svg>')
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('<', at)
    if (open < 0) break
    TAG.lastIndex = open
    const tag = TAG.exec(text)
    if (!tag) throw refuse(`"${text.slice(open, open + 30)}" is no plain element`)
    checkTag(tag[2], tag[3])
    at = TAG.lastIndex
  }
  if (!text.endsWith('</svg>')) throw refuse('it does not end with </svg>')
  return text
}

function checkTag(name: string, attributes: string): void {
  if (!ELEMENTS.has(name.toLowerCase())) throw refuse(`element <${name}> is not allowed`)
  for (const [, key, double, single] of attributes.matchAll(ATTRIBUTE)) {
    if (!ATTRIBUTES.has(key.toLowerCase())) throw refuse(`attribute ${key} is not allowed`)
    if (DANGEROUS.test((double ?? single).replace(LOCAL_URL, '')))
      throw refuse(`the value of ${key} is not allowed`)
  }
}

function refuse(why: string): BidualError {
  return new BidualError('bad-input', `The drawing cannot go into a report: ${why}.`)
}
