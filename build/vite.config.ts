import vue from '@vitejs/plugin-vue'
import { join } from 'node:path'
import { defineConfig } from 'vite'
import { root } from './steps/root.ts'

export default defineConfig({
  root: join(root, 'renderer'),
  // The page is served from a custom protocol (desktop) and from a port (browser host): no absolute addresses.
  base: './',
  plugins: [vue()],
  build: {
    outDir: join(root, 'dist', 'renderer'),
    emptyOutDir: true,
    // Electron 45 and current browsers; nothing is lowered for older ones.
    target: 'esnext',
    // The content security policy allows only our own files: nothing as data: address, no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    reportCompressedSize: false,
  },
})
