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
/** Attributes that run or fetch something: a drawing that has one was not made by us. */
const ACTIVE = /^on|href$|^src$/i
/** Chart libraries add rules for hovering; a printed drawing has no use for them. */
const STYLE_ELEMENT = /<style\b[^>]*>[\s\S]*?<\/style\s*>/gi

/**
 * The drawing with known elements and attributes only: style sheets and unknown attributes are dropped, unknown
 * elements, links and scripts refused.
 *
 * @throws BidualError naming what is not allowed.
 */
export function safeSvg(svg: string): string {
  const text = svg
    .trim()
    .replace(/^<\?xml[^>]*\?>\s*/, '')
    .replace(STYLE_ELEMENT, '')
  if (!/^<svg[\s>]/.test(text) || !text.endsWith('</svg>')) throw refuse('it is not one <svg> element')
  const parts: string[] = []
  let at = 0
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', at)) {
    TAG.lastIndex = open
    const tag = TAG.exec(text)
    if (!tag) throw refuse(`"${text.slice(open, open + 30)}" is no plain element`)
    parts.push(text.slice(at, open), safeTag(tag))
    at = TAG.lastIndex
  }
  return parts.join('') + text.slice(at)
}

function safeTag([, slash, name, attributes, selfClosing]: RegExpExecArray): string {
  if (!ELEMENTS.has(name.toLowerCase())) throw refuse(`element <${name}> is not allowed`)
  const kept = [...attributes.matchAll(ATTRIBUTE)].flatMap(([, key, double, single]) => {
    if (ACTIVE.test(key)) throw refuse(`attribute ${key} is not allowed`)
    const value = double ?? single
    if (DANGEROUS.test(value.replace(LOCAL_URL, ''))) throw refuse(`the value of ${key} is not allowed`)
    return ATTRIBUTES.has(key.toLowerCase()) ? [` ${key}="${value.replaceAll('"', '&quot;')}"`] : []
  })
  return `<${slash}${name}${kept.join('')}${selfClosing}>`
}

function refuse(why: string): BidualError {
  return new BidualError('bad-input', `The drawing cannot go into a report: ${why}.`)
}
