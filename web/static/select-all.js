// A box in the heading of a table's boxes that ticks them all. Without it there is a link that does the same.
for (const table of document.querySelectorAll('[data-select-all]')) {
  const heading = table.querySelector('[data-select-all-heading]') ?? table.querySelector('thead th')
  const boxes = [...table.querySelectorAll('tbody input[type=checkbox]')]
  if (!heading || boxes.length === 0) continue
  const item = document.createElement('div')
  item.className = 'govuk-checkboxes govuk-checkboxes--small'
  item.innerHTML = '<div class="govuk-checkboxes__item"><input class="govuk-checkboxes__input" type="checkbox" id="select-all"><label class="govuk-label govuk-checkboxes__label" for="select-all">All</label></div>'
  heading.append(item)
  const all = item.querySelector('input')
  const look = () => {
    const ticked = boxes.filter((box) => box.checked).length
    all.checked = ticked === boxes.length
    all.indeterminate = ticked > 0 && ticked < boxes.length
  }
  all.addEventListener('change', () => { for (const box of boxes) box.checked = all.checked })
  table.addEventListener('change', look)
  look()
}
