/** HTML as text: escaping and the few shapes that a report is made of. */

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that cannot be markup, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character])
}

/** A cell: what is shown, the whole value on hover, and whether it is a number. */
export interface Cell {
  text: string
  title?: string
  isNumber?: boolean
}

/** A table under a caption; all texts are escaped here. */
export function htmlTable(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const head = header.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map(htmlCell).join('')}</tr>`).join('\n')
  return `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody></table></div>`
}

function htmlCell({ text, title, isNumber }: Cell): string {
  const attributes = `${isNumber ? ' class="number"' : ''}${title ? ` title="${escapeHtml(title)}"` : ''}`
  return `<td${attributes}>${escapeHtml(text)}</td>`
}

/** Terms and what belongs to them. */
export function htmlFacts(facts: readonly (readonly [string, string])[]): string {
  return `<dl>${facts.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join('\n')}</dl>`
}
