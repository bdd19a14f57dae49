/** The report of an experiment: the engine's HTML with this window's charts, drawn for paper. */
import { reportHtml } from '../../../../core/export/report.ts'
import { resultDocumentSchema } from '../../../../core/experiments/result.ts'
import { convergenceFrame, convergenceOption } from '../../../charts/convergence-option.ts'
import { convergenceModel } from '../../../charts/convergence.ts'
import type { ConvergenceView } from '../../../charts/convergence.ts'
import { pathFrames } from '../../../charts/path-frames.ts'
import { pathOption } from '../../../charts/path-option.ts'
import { pathModel } from '../../../charts/path.ts'
import { renderSvg } from '../../../charts/render.ts'
import type { RunGroup } from '../../../charts/run-groups.ts'
import { paperTheme } from '../../../charts/use-chart-theme.ts'

const SIZE = { width: 760, height: 380 }
const PATH_SIZE = { width: 760, height: 520 }

/** Charts that every report has, whatever is on the screen; those without a curve are left out. */
const CHARTS: readonly { title: string; view: ConvergenceView }[] = [
  {
    title: 'Objective and dual bounds over time',
    view: { quantity: 'objective', axis: 'seconds', xKind: 'linear', yKind: 'log' },
  },
  {
    title: 'Objective and dual bounds by iteration',
    view: { quantity: 'objective', axis: 'iterations', xKind: 'log', yKind: 'log' },
  },
  {
    title: 'Distance from the best lower bound over time',
    view: { quantity: 'gap', axis: 'seconds', xKind: 'linear', yKind: 'log' },
  },
]

/**
 * @param document as saved
 * @param result as the machine gives it
 * @returns one HTML file
 * @throws ZodError when the result is not one
 */
export function experimentReport(document: unknown, result: unknown, groups: readonly RunGroup[]): string {
  const theme = paperTheme()
  const charts = CHARTS.flatMap(({ title, view }) => {
    const model = convergenceModel(groups, view)
    if (model.series.length === 0) return []
    const option = convergenceOption(model, convergenceFrame(model, SIZE, null), theme)
    return [{ title, svg: renderSvg(option, SIZE.width, SIZE.height) }]
  })
  const paths = pathModel(groups)
  if (paths.curves.length > 0) {
    const option = pathOption(paths, pathFrames(paths, PATH_SIZE), theme)
    charts.push({ title: 'Path in β', svg: renderSvg(option, PATH_SIZE.width, PATH_SIZE.height) })
  }
  const generated = `Written by Bidual on ${new Date().toISOString().slice(0, 10)}.`
  return reportHtml({ document, result: resultDocumentSchema.parse(result), charts, generated })
}
