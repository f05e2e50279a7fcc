-- Worcestershire's payment of weekly quantities (2024/25), as ../plugin/src/rule.rs has it.

local function holds(dated, day)
  return dated.from <= day and (dated.to == nil or day <= dated.to)
end

local function enhances(attributes, day)
  for _, given in ipairs(attributes) do
    if given.key == "bank-holiday-enhancement" and given.value.flag and holds(given, day) then
      return true
    end
  end
  return false
end

local function facts_of(claim, day)
  for _, facts in ipairs(claim.days) do
    if facts.day == day then
      return facts
    end
  end
end

-- The row of the rate card for a day: one for its kind before one for any.
local function row_on(claim, line, day)
  local facts = facts_of(claim, day)
  local kind = facts.kind
  if facts.bank_holiday and (enhances(line.attributes, day) or enhances(claim.attributes, day)) then
    kind = "bank_holiday"
  end
  local plain, any
  for _, row in ipairs(line.rates) do
    if row.band == "" and row.minutes == nil and row.time_band == nil and holds(row, day) then
      if row.day_kind == kind then
        return row
      elseif row.day_kind == facts.kind then
        plain = plain or row
      elseif row.day_kind == nil then
        any = any or row
      end
    end
  end
  return plain or any
end

-- Adds care to the charge of its rate and outcome, or begins one.
local function gather(claim, line, charges, day, amount, verdict, code, arg)
  if amount <= 0 then
    return
  end
  local row = nil
  if verdict ~= "rejected" then
    row = row_on(claim, line, day)
    if row == nil then
      verdict, code, arg = "suspended", "no-rate", nil
    elseif row.unit ~= line.unit then
      row, verdict, code, arg = nil, "suspended", "rate-in-other-unit", nil
    end
  end
  local number = row and row.row
  local units = row and amount or 0
  for _, charge in ipairs(charges) do
    if charge.row == number and charge.verdict == verdict and charge.reason.code == code and charge.arg == arg then
      if day < charge.from then charge.from = day end
      if day > charge.to then charge.to = day end
      charge.accounts_for = charge.accounts_for + amount
      charge.units = charge.units + units
      return
    end
  end
  charges[#charges + 1] = {
    line = line.line, from = day, to = day, accounts_for = amount, units = units, divisor = 1, row = number,
    verdict = verdict, reason = { code = code, args = arg and { { code = arg } } or {} },
    arg = arg, rate = row and row.rate or 0,
  }
end

local function has_need(line)
  for _, given in ipairs(line.attributes) do
    if given.key == "tier-need" and given.value.code and holds(given, line.valid.from) then
      return true
    end
  end
  return false
end

return function(claim)
  local answer = { charges = {}, findings = {}, verdicts = {} }
  for _, line in ipairs(claim.lines) do
    local charges = {}
    for _, stated in ipairs(line.stated_days) do
      local day, given = stated.day, stated.reason
      gather(claim, line, charges, day, stated.delivered - stated.extra, "payable", "delivered")
      gather(claim, line, charges, day, stated.extra, "payable", "extra")
      if given == "" then
        gather(claim, line, charges, day, stated.frustrated, "suspended", "reason-needed")
      else
        gather(claim, line, charges, day, stated.frustrated, "payable", "frustrated-paid", given)
      end
      gather(claim, line, charges, day, stated.missed, "rejected", "missed-by-provider")
    end

    local held
    local function add(day, level, code, arg)
      local reason = { code = code, args = arg and { { code = arg } } or {} }
      if level == "suspend" then
        held = held or reason
      end
      answer.findings[#answer.findings + 1] = { line = line.line, day = day, level = level, reason = reason }
    end
    for _, charge in ipairs(charges) do
      -- thousandths of a unit x ten-thousandths of a pound, rounded half up
      charge.pence = (charge.units * charge.rate * 2 + 100000) // 200000
      if charge.row == nil and charge.verdict == "suspended" then
        add(charge.from, "suspend", charge.reason.code)
      end
      charge.rate, charge.arg = nil, nil
      answer.charges[#answer.charges + 1] = charge
    end
    if line.tier == "tier-2" and not has_need(line) then
      add(nil, "suspend", "tier-without-need", line.tier)
    end
    for _, stated in ipairs(line.stated_days) do
      if stated.frustrated + stated.missed + stated.extra > 0 and not stated.comment then
        add(stated.day, "mend", "comment-needed")
      end
      if stated.frustrated > 0 and stated.reason == "" then
        add(stated.day, "mend", "reason-needed")
      end
    end
    answer.verdicts[#answer.verdicts + 1] = {
      line = line.line,
      verdict = held and "suspended" or "payable",
      reason = held or { code = "priced", args = {} },
    }
  end
  return answer
end
