// CSV as the service writes it: rows of cells, and back.

/** The rows of a text. */
export function rowsOf (text) {
  const rows = [[]]
  let [cell, quoted] = ['', false]
  const plain = text.replace(/^\uFEFF/, '')
  for (let at = 0; at < plain.length; at++) {
    const letter = plain[at]
    if (quoted) {
      if (letter === '"' && plain[at + 1] === '"') {
        cell += '"'
        at++
      } else if (letter === '"') quoted = false
      else cell += letter
    } else if (letter === '"') quoted = true
    else if (letter === ',') {
      rows.at(-1).push(cell)
      cell = ''
    } else if (letter === '\n') {
      rows.at(-1).push(cell.replace(/\r$/, ''))
      cell = ''
      rows.push([])
    } else cell += letter
  }
  if (cell) rows.at(-1).push(cell)
  return rows.filter((row) => row.length > 0)
}

/** The text of rows. */
export function textOf (rows) {
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}
