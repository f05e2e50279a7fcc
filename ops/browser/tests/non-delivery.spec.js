// Care that was not delivered for several days and people at once: a stay in hospital over several claims, and a day on
// which a day centre was closed for everybody. Previewed first; nothing is stored before.
import { check, expect, test } from './support/test.js'
import { entered } from './support/enter.js'

const PROVIDER = 'administrator@silverdale-days.example'

test('a day centre was closed for everybody on two days', async ({ browser, playwright, baseURL }) => {
  const request = await entered(playwright, baseURL, PROVIDER)
  const context = await browser.newContext({ baseURL })
  await context.addCookies((await request.storageState()).cookies)
  const page = await context.newPage()
  await page.goto('/')
  const claims = await page.locator('a[href*="/claims?state=open"]').first().getAttribute('href')
  await page.goto(claims)
  const text = await (await request.get(claims)).text()
  const [, starts] = claims.match(/starts=(\d{4}-\d\d-\d\d)/)
  await page.getByRole('link', { name: 'Say what was not delivered, for several days or people at once' }).click()
  await check(page)
  await page.getByRole('button', { name: 'See what would change' }).click()
  await expect(page.getByRole('link', { name: 'Choose at least one contract' })).toBeVisible()
  await check(page)
  for (const box of await page.getByRole('checkbox').all()) await box.check()
  // the Monday and Tuesday of a week that begins on a Saturday
  const monday = new Date(Date.parse(starts) + 2 * 86_400_000)
  const fill = async (legend, day) => {
    const group = page.getByRole('group', { name: legend })
    await group.getByLabel('Day').fill(String(day.getUTCDate()))
    await group.getByLabel('Month').fill(String(day.getUTCMonth() + 1))
    await group.getByLabel('Year').fill(String(day.getUTCFullYear()))
  }
  await fill('First day', monday)
  await fill('Last day', new Date(monday.getTime() + 86_400_000))
  await page.getByLabel('No carer was available').check()
  await page.getByRole('button', { name: 'See what would change' }).click()
  await expect(page.getByRole('link', { name: /^Enter a comment/ })).toBeVisible()
  await page.getByLabel('Comment').fill('The boiler failed')
  await page.getByRole('button', { name: 'See what would change' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check what would change')
  await expect(page.getByText('Nothing is saved yet.')).toBeVisible()
  await check(page)
  await page.screenshot({ path: `${process.env.COUNTERFOIL_PICTURES}/non-delivery-1280.png`, fullPage: true })
  expect(await (await request.get(claims)).text(), 'nothing is stored by looking').toContain(text.match(/clm_[0-9a-f]{32}/)[0])
  const ticks = page.getByRole('checkbox')
  const lines = await ticks.count()
  expect(lines, 'lines that would change').toBeGreaterThan(1)
  // one of them came all the same
  await ticks.first().uncheck()
  await page.getByRole('button', { name: 'Save these changes' }).click()
  await expect(page.getByText(/^\d+ claims? changed$/)).toBeVisible()
  await check(page)
  // what was saved is in the claim, with its comment
  const again = page.getByRole('checkbox')
  expect(await again.count()).toBeGreaterThan(0)
})
