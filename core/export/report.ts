/** The report: one HTML file with nothing outside it, for reading, printing and archiving. */
import type { PathPoint, ResultDocument, RunRecord } from '../experiments/result.ts'
import { formatCount, formatGap, formatObjective, formatPercent, formatSeconds, NO_NUMBER } from './format.ts'
import { escapeHtml, htmlFacts, htmlTable, type Cell } from './html.ts'
import { LAYER_HEADERS, layerRows } from './layers-table.ts'
import { PATH_HEADERS, pathRow } from './path-table.ts'
import { REPORT_STYLE } from './report-style.ts'
import { safeSvg } from './svg.ts'
import { certificateWording, STATUS_WORDS, type Wording } from './words.ts'

export interface ReportChart {
  title: string
  /** Checked by {@link safeSvg}. */
  svg: string
}

export interface ReportInput {
  /** As saved, sweeps and all. */
  document: unknown
  result: ResultDocument
  charts: readonly ReportChart[]
  /** When and by whom, in words. */
  generated: string
}

/**
 * @returns a whole HTML document: no scripts, no references to anything outside it
 * @throws BidualError when a chart holds anything but shapes and text.
 */
export function reportHtml({ document, result, charts, generated }: ReportInput): string {
  const name = nameOf(document)
  const sections = [
    methodsSection(result.runs),
    chartsSection(charts),
    pathsSection(result.runs),
    layersSection(result.runs),
    hypothesesSection(result.runs),
    dataSection(result),
    environmentSection(result),
    `<h2>Experiment document</h2>\n<pre>${escapeHtml(JSON.stringify(document, null, 2))}</pre>`,
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(name)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<h1>${escapeHtml(name)}</h1>
<p class="muted">${escapeHtml(generated)}</p>
${sections.join('\n')}
</body>
</html>
`
}

function nameOf(document: unknown): string {
  const name = (document as { name?: unknown } | null)?.name
  return typeof name === 'string' && name !== '' ? name : 'Experiment'
}

const METHOD_HEADER = [
  'Method',
  'Status',
  'Objective',
  'Lower bound',
  'Gap',
  'Certificate',
  'Train accuracy',
  'Test accuracy',
  'Train loss',
  'Test loss',
  'Time',
  'Neurons',
  'Ranks',
]

function methodsSection(runs: readonly RunRecord[]): string {
  const note =
    'The objective is the network’s own (loss and regulariser) at the recovered weights, on the training rows, in ' +
    'double precision. The gap is the objective minus the lower bound.'
  const errors = runs.flatMap(({ label, error }) =>
    error ? [`<p>${escapeHtml(`${label}: ${error.message}`)}</p>`] : [],
  )
  return `<h2>Methods</h2>
<p class="muted">${note}</p>
<div class="methods">${htmlTable(`${formatCount(runs.length)} runs`, METHOD_HEADER, runs.map(methodRow))}</div>
${errors.join('\n')}`
}

function methodRow(run: RunRecord): Cell[] {
  const status = STATUS_WORDS[run.status]
  const { icon, word, sentence } = certificateWording(run.certificate, run.objective)
  const { certificate, train, test } = run
  return [
    { text: run.label, title: run.key },
    { text: `${status.icon} ${status.word}`, title: status.sentence },
    number(run.objective, formatObjective),
    number(certificate.lowerBound, formatObjective),
    number(certificate.gap, formatGap),
    { text: `${icon} ${word}: ${sentence}`, title: certificate.how },
    number(train.accuracy, formatPercent),
    number(test?.accuracy, formatPercent),
    number(train.loss, formatObjective),
    number(test?.loss, formatObjective),
    number(run.seconds, formatSeconds),
    number(run.neurons, formatCount),
    { text: run.ranks.join(', '), isNumber: true },
  ]
}

function number(
  value: number | null | undefined,
  format: (value: number | null | undefined) => string,
): Cell {
  return { text: format(value), isNumber: true, ...(typeof value === 'number' && { title: String(value) }) }
}

function chartsSection(charts: readonly ReportChart[]): string {
  if (charts.length === 0) return ''
  const figures = charts.map(
    ({ title, svg }) => `<figure>${safeSvg(svg)}<figcaption>${escapeHtml(title)}</figcaption></figure>`,
  )
  return `<h2>Charts</h2>\n${figures.join('\n')}`
}

/** How the columns of a path are written, in their order; text stands as it is. */
const PATH_FORMATS: Record<string, (value: number) => string> = {
  Gap: formatGap,
  Neurons: formatCount,
  'Train accuracy': formatPercent,
  'Test accuracy': formatPercent,
  Seconds: formatSeconds,
}

function pathsSection(runs: readonly RunRecord[]): string {
  const tables = runs.flatMap(({ label, path }) =>
    path ? [htmlTable(label, PATH_HEADERS, path.map(pathCells))] : [],
  )
  if (tables.length === 0) return ''
  const note =
    'The program solved for falling β; every point has the certificate of a run of its own. Seconds count from the ' +
    'start of the run.'
  return `<h2>Paths in β</h2>\n<p class="muted">${note}</p>\n${tables.join('\n')}`
}

function pathCells(point: PathPoint): Cell[] {
  return pathRow(point).map((value, k) => {
    const header = PATH_HEADERS[k]
    if (header === 'Status') return wordCell(STATUS_WORDS[point.status])
    if (header === 'Certificate') return wordCell(certificateWording(point.certificate, point.objective))
    if (typeof value === 'string') return { text: value }
    return number(value, (shown) =>
      shown == null ? NO_NUMBER : (PATH_FORMATS[header] ?? formatObjective)(shown),
    )
  })
}

function wordCell({ icon, word, sentence }: Wording): Cell {
  return { text: `${icon} ${word}`, title: sentence }
}

function layersSection(runs: readonly RunRecord[]): string {
  const rows = runs.flatMap(({ label, measures }) =>
    measures ? layerRows(measures).map((row) => [{ text: label }, ...row.map(layerCell)]) : [],
  )
  if (rows.length === 0) return ''
  const [{ tolerance }] = runs.flatMap(({ measures }) => measures ?? [])
  const note =
    `Of the returned network. Rank: singular values above ${tolerance} of the largest; stable rank: squared Frobenius ` +
    'norm over squared operator norm; alignment: cosine between leading singular vectors of a layer and the next.'
  const table = htmlTable('From input to output', ['Method', ...LAYER_HEADERS], rows)
  return `<h2>Layers</h2>\n<p class="muted">${note}</p>\n${table}`
}

function layerCell(value: string | number | null): Cell {
  if (typeof value === 'string') return { text: value }
  return number(value, Number.isInteger(value) ? formatCount : formatObjective)
}

function hypothesesSection(runs: readonly RunRecord[]): string {
  const rows = runs.flatMap((run) =>
    run.hypotheses.map(({ name, holds, value }) => [
      { text: run.label },
      { text: name },
      { text: holds ? '✓ holds' : '✗ does not hold' },
      { text: value === null ? '–' : String(value), isNumber: true },
    ]),
  )
  if (rows.length === 0) return ''
  return `<h2>Hypotheses</h2>\n${htmlTable('Checked on the training data', ['Method', 'Hypothesis', 'Holds', 'Measured'], rows)}`
}

function dataSection({ data }: ResultDocument): string {
  const classes = data.classes.map((name, k) => `${name} (${formatCount(data.classCounts[k])})`)
  const image = data.image && `${data.image.height}×${data.image.width}, ${data.image.channels} channels`
  const facts: (readonly [string, string] | null)[] = [
    ['SHA-256', data.sha256],
    ['Training rows n', formatCount(data.n)],
    ['Test rows', formatCount(data.nTest)],
    ['Features d', formatCount(data.d)],
    ['Outputs K', formatCount(data.outputs)],
    ['Rank of X, [X 1], centred X', `${data.rank}, ${data.rankWithOnes}, ${data.rankCentered}`],
    ['Singular values', `${formatObjective(data.sigmaMax)} to ${formatObjective(data.sigmaMin)}`],
    data.whitenedError === null ? null : ['max |X Xᵀ − I|', formatGap(data.whitenedError)],
    classes.length > 0 ? ['Classes', classes.join(', ')] : null,
    ['Labels', data.labels],
    image ? ['Images', image] : null,
  ]
  return `<h2>Data</h2>\n${htmlFacts(facts.filter((fact) => fact !== null))}`
}

function environmentSection({ environment }: ResultDocument): string {
  return `<h2>Environment</h2>\n${htmlFacts([
    ['Bidual', environment.bidual],
    ['Node', environment.node],
    ['Platform', environment.platform],
    ['CPU', environment.cpu],
  ])}`
}
