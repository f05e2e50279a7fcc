// What the gallery's tests share.
import { expect } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// Signs in without the form, as the gallery's one cookie.
export async function signIn (context, name = 'Ada Lovelace') {
  const url = process.env.COUNTERFOIL_URL
  await context.addCookies([{ name: 'gallery', value: name.replaceAll(' ', '+'), url, httpOnly: true, sameSite: 'Lax' }])
}

// Everything that the page's policy had to stop, and everything that went wrong in its script.
export function complaints (page) {
  const heard = []
  page.on('console', (message) => {
    // The browser reports by itself a page that is meant to be refused.
    if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text())) heard.push(message.text())
  })
  page.on('pageerror', (error) => heard.push(String(error)))
  return heard
}

// Nothing for axe to report, nothing wider than the screen, and a picture to look at.
export async function look (page, info, name) {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth
  )
  expect(overflow, 'pixels wider than the screen').toBeLessThanOrEqual(0)
  // Through the debugging protocol, which the page's policy does not apply to.
  await page.evaluate(axe)
  const found = await page.evaluate(() => globalThis.axe.run())
  expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
  await page.screenshot({
    path: join(process.env.COUNTERFOIL_PICTURES, `${name}-${info.project.name}.png`),
    fullPage: true
  })
}
