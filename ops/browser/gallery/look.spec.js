// Every pattern as it is shown.
import { expect, test } from '@playwright/test'
import { complaints, look, signIn } from './help.js'

const patterns = [
  ['home', '/'],
  ['form', '/form'],
  ['table', '/claims?sort=-sum&page=3'],
  ['table-filtered', '/claims?state=suspended&since=14/12/2024'],
  ['table-no-match', '/claims?provider=nobody'],
  ['table-empty', '/nothing'],
  ['brand-white', '/brand/ffffff'],
  ['brand-yellow', '/brand/ffdd00'],
  ['brand-grey', '/brand/777777'],
  ['brand-black', '/brand/000000'],
  ['help', '/help'],
  ['contact', '/contact'],
  ['accessibility', '/accessibility'],
  ...[403, 404, 409, 429, 503].map((status) => [`fault-${status}`, `/fault/${status}`])
]

for (const [name, path] of patterns) {
  test(name, async ({ page, context }, info) => {
    const heard = complaints(page)
    await signIn(context)
    await page.goto(path)
    await expect(page.locator('body')).toHaveClass(/js-enabled/)
    await expect(page.locator('h1')).toHaveCount(1)
    await look(page, info, name)
    expect(heard).toEqual([])
  })
}

test('a form that was refused says why, and keeps what was typed', async ({ page, context }, info) => {
  const heard = complaints(page)
  await signIn(context)
  await page.goto('/form')
  await page.getByLabel('Full name').fill('Sam <Iyer>')
  await page.getByLabel('Team').selectOption('south')
  await page.getByLabel('Day care').check()
  await page.getByLabel('Your password', { exact: true }).fill('correct horse battery')
  await page.getByLabel('Security code').fill('123456')
  await page.getByRole('button', { name: 'Send invitation' }).click()

  await expect(page).toHaveTitle(/^Error: Invite a person - Norfolk County Council/)
  const summary = page.locator('.govuk-error-summary')
  await expect(summary).toContainText('There is a problem')
  await expect(summary).toBeFocused()
  await expect(page.getByLabel('Full name')).toHaveValue('Sam <Iyer>')
  await expect(page.getByLabel('Team')).toHaveValue('south')
  await expect(page.getByLabel('Day care')).toBeChecked()
  await expect(page.getByLabel('Your password', { exact: true })).toHaveValue('')
  await expect(page.getByLabel('Security code')).toHaveValue('')
  await look(page, info, 'form-refused')
  for (const [link, field] of [['Enter an email address', 'email'], ['Choose a role', 'role'], ['The first day', 'starts-day']]) {
    await summary.getByRole('link', { name: link }).click()
    await expect(page.locator(`#${field}`)).toBeFocused()
  }
  expect(heard).toEqual([])
})

test('a table is filtered, sorted and paged by links that keep the rest', async ({ page, context }) => {
  await signIn(context)
  await page.goto('/claims')
  await page.getByLabel('State').selectOption('suspended')
  await page.getByRole('button', { name: 'Apply filters' }).click()
  await page.getByRole('link', { name: 'Sum' }).click()
  await expect(page.getByRole('columnheader', { name: 'Sum' })).toHaveAttribute('aria-sort', 'ascending')
  await page.getByRole('link', { name: 'Sum' }).click()
  await page.getByRole('link', { name: 'Next page' }).click()
  const asked = new URL(page.url()).searchParams
  expect(Object.fromEntries(asked)).toEqual({ state: 'suspended', sort: '-sum', page: '2' })
  await expect(page.getByText('Showing 51 to 100 of 312 claims')).toBeVisible()
  await page.getByRole('link', { name: 'Clear filters' }).click()
  expect(new URL(page.url()).search).toBe('?sort=-sum')
})

test('a wide table is scrolled by keyboard', async ({ page, context }, info) => {
  test.skip(info.project.name === 'wide', 'it fits')
  await signIn(context)
  await page.goto('/claims')
  const box = page.getByRole('region', { name: 'Claims' })
  await box.focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => box.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0)
})

test('on paper there is the council and what the page says, and no more', async ({ page, context }, info) => {
  await signIn(context)
  await page.goto('/claims')
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText('Norfolk County Council')).toBeVisible()
  await expect(page.getByRole('table')).toBeVisible()
  for (const hidden of ['.govuk-generic-header', '.govuk-service-navigation', '.counterfoil-account', '.counterfoil-filters', '.govuk-pagination', '.govuk-footer']) {
    await expect(page.locator(hidden)).toBeHidden()
  }
  const cut = await page.locator('.counterfoil-scroll').evaluate((box) => getComputedStyle(box).overflowX)
  expect(cut).toBe('visible')
  const address = await page.locator('a.govuk-link').first().evaluate((link) => getComputedStyle(link, '::after').content)
  expect(address).toBe('none')
  await page.screenshot({ path: `${process.env.COUNTERFOIL_PICTURES}/print-${info.project.name}.png` })
})

test('everything is there without JavaScript', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false })
  await signIn(context)
  const page = await context.newPage()
  await page.goto('/form')
  await expect(page.getByText('You will be signed out after 30 minutes without activity.')).toBeVisible()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('link', { name: 'Claims' })).toBeVisible()
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await expect(page.getByText('There is a problem')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in')
  await context.close()
})
