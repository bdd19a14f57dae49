/** What the window may do, as named methods: nothing else of Electron or Node crosses into its world. */
import { contextBridge, ipcRenderer } from 'electron'
import type { IpcRendererEvent } from 'electron'
import type { DesktopBridge, Reply } from '../../../core/bridge.ts'
import type { EventName, Events, RequestName, RequestParams, Responses } from '../../../core/protocol.ts'
import { eventChannel, REQUEST_CHANNEL } from './channels.ts'

const request =
  <Name extends RequestName>(name: Name) =>
  (params: RequestParams<Name>) =>
    ipcRenderer.invoke(REQUEST_CHANNEL, name, params) as Promise<Reply<Responses[Name]>>

const event =
  <Name extends EventName>(name: Name) =>
  (listener: (payload: Events[Name]) => void) => {
    // The sender stays here: it could be used to send anything.
    const relay = (_: IpcRendererEvent, payload: Events[Name]) => listener(payload)
    ipcRenderer.on(eventChannel(name), relay)
    return () => void ipcRenderer.removeListener(eventChannel(name), relay)
  }

const bridge = {
  getAppInfo: request('getAppInfo'),
  getSettings: request('getSettings'),
  setSettings: request('setSettings'),

  listDatasets: request('listDatasets'),
  importDataset: request('importDataset'),
  previewDataset: request('previewDataset'),
  deleteDataset: request('deleteDataset'),
  restoreDataset: request('restoreDataset'),

  listExperiments: request('listExperiments'),
  getExperiment: request('getExperiment'),
  createExperiment: request('createExperiment'),
  saveExperiment: request('saveExperiment'),
  duplicateExperiment: request('duplicateExperiment'),
  deleteExperiment: request('deleteExperiment'),
  restoreExperiment: request('restoreExperiment'),
  inspectProblem: request('inspectProblem'),

  startRuns: request('startRuns'),
  cancelRun: request('cancelRun'),
  cancelAll: request('cancelAll'),
  getRunSnapshot: request('getRunSnapshot'),
  listRuns: request('listRuns'),
  getRunHistory: request('getRunHistory'),
  getRunWeights: request('getRunWeights'),
  deleteRun: request('deleteRun'),
  restoreRun: request('restoreRun'),
  getResult: request('getResult'),

  saveFile: request('saveFile'),

  onRunsChanged: event('runsChanged'),
  onQueueChanged: event('queueChanged'),
  onExperimentsChanged: event('experimentsChanged'),
  onDatasetsChanged: event('datasetsChanged'),
  onSettingsChanged: event('settingsChanged'),
  onCommand: event('command'),
} satisfies DesktopBridge

contextBridge.exposeInMainWorld('bidual', bridge)
