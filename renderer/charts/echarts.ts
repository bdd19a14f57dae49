/** The parts of ECharts that the charts here use; nothing else is bundled. Import `echarts` from here only. */
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GraphicComponent, GridComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers'

echarts.use([
  LineChart,
  ScatterChart,
  CustomChart,
  GridComponent,
  GraphicComponent,
  AriaComponent,
  CanvasRenderer,
  SVGRenderer,
])

export { echarts }
export type { EChartsCoreOption as ChartOption } from 'echarts/core'
