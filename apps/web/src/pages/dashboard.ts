import { registerAttention } from '../components/attention.ts'
import { registerCharts } from '../components/charts.ts'
import { registerDashboard } from '../components/dashboard.ts'
import { registerSampleData } from '../components/sample-data.ts'
import { registerTableView } from '../components/table-view.ts'
import { startPage } from '../lib/start.ts'

startPage(() => {
  registerDashboard()
  registerAttention()
  registerCharts()
  registerSampleData()
  registerTableView()
})
