// A council explains in Welsh too, and one of its providers' people chooses Welsh: reasons and arithmetic are in Welsh and
// marked as Welsh, on a page that is English otherwise. Nobody else chose it, so that nobody else sees anything else.
import { check, expect, signIn, test } from './support/test.js'

const COUNCIL = 'fenmere'
const READER = 'staff@fieldfare-care.example'

test('somebody reads in Welsh why a claim comes to what it does', async ({ page, browser, baseURL }) => {
  test.setTimeout(180_000)
  const settings = await (await browser.newContext({ baseURL })).newPage()
  await signIn(settings, `systems@${COUNCIL}.example`)
  await settings.goto(`/councils/${COUNCIL}/settings/languages`)
  await settings.getByLabel('English and Welsh').check()
  for (const field of await settings.locator('input[lang="cy"]').all()) {
    if (!await field.inputValue()) await field.fill('rheswm y cyngor')
  }
  await settings.getByRole('button', { name: 'Save' }).click()
  await expect(settings.getByText('The languages of explanations are changed')).toBeVisible()
  await check(settings)
  await settings.context().close()

  await signIn(page, READER)
  await page.goto('/account')
  const choice = page.getByRole('group', { name: 'Language of explanations / Iaith esboniadau' })
  await choice.getByLabel('Cymraeg (Welsh)').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('The language of your explanations is chosen')).toBeVisible()
  await check(page)

  await page.goto('/')
  const organisation = (await page.content()).match(/org_[0-9a-f]{32}/)[0]
  await page.goto(`/organisations/${organisation}/councils/${COUNCIL}/claims?state=paid`)
  await page.locator('main tbody').getByRole('link').first().click()
  const explained = page.locator('main span[lang="cy"]')
  await expect(explained.first()).toBeVisible()
  const words = (await explained.allInnerTexts()).join(' ')
  expect(words).toMatch(/ (awr|ymweliad|sesiwn|noson|wythnos|o funudau|o ddyddiau) (x|\/) |£/)
  expect(words).not.toMatch(/\b(the|planned|delivered|hours?|visits?|minutes)\b/i)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en-GB')
  await check(page)
})
