// The patterns that pages are made of, in the machine's own Chromium, at the two widths that every page has to
// fit. Started by the test `browsers_can_use_what_pages_are_made_of` of counterfoil-web, which serves them.
import { defineConfig } from '@playwright/test'
import { join } from 'node:path'

// COUNTERFOIL_GALLERY narrows down which ones.
const { CHROMIUM, COUNTERFOIL_GALLERY, COUNTERFOIL_PICTURES, COUNTERFOIL_URL } = process.env
if (!CHROMIUM || !COUNTERFOIL_PICTURES || !COUNTERFOIL_URL) {
  throw new Error('Start these with: cargo nextest run -p counterfoil-web browsers_can_use')
}

export default defineConfig({
  testDir: '.',
  outputDir: join(COUNTERFOIL_PICTURES, 'failures'),
  reporter: 'list',
  forbidOnly: true,
  grep: new RegExp(COUNTERFOIL_GALLERY ?? ''),
  fullyParallel: true,
  workers: 2,
  use: {
    baseURL: COUNTERFOIL_URL,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  },
  projects: [
    { name: 'narrow', use: { viewport: { width: 320, height: 640 } } },
    { name: 'wide', use: { viewport: { width: 1280, height: 800 } } }
  ]
})
