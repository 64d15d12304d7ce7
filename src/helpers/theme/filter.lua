-- One document for two engines: pandoc alone runs this filter, and Quarto runs it before any of its own.
-- It numbers sections, figures and tables, resolves references, draws callouts and contents (in Quarto's
-- words), sets equations, makes the boxes of a board report, and refuses what must not be in one: pictures from
-- elsewhere, unknown references, raw code. What only Quarto knows is taken off. So both engines come out the same.

local html = FORMAT:match("html") ~= nil
local typst = FORMAT:match("^typst") ~= nil
local slides = FORMAT:match("^pptx") ~= nil
local word = not html and not typst and not slides

local WORDS = { fig = "Figure", tbl = "Table", sec = "Section", eq = "Equation" }
local CALLOUTS = {
  note = "Note", tip = "Tip", important = "Important", warning = "Warning", caution = "Caution",
}
-- classes and settings that a report knows; others, which Quarto may act on, are taken off
local KNOWN = pandoc.List({
  "headline", "synthetic", "notes", "panels", "strip", "panel", "panel-title", "data-behind", "icon", "group", "break",
  "unnumbered", "on-slide", "edition", "smallcaps", "mark", "underline",
})
local KNOWN_SETTINGS = pandoc.List({ "title", "figure", "csv", "alt" })
local TOP = 2       -- sections are level 2 in the notebook; level 1 is the report's title
local SHORT = 14    -- bytes; a cell up to this long is not broken into lines
local LONG = 40     -- bytes; a cell longer than this is a sentence
local HALF = 46     -- letters of an entry of the contents in half the page's width
local BEFORE = 3    -- short blocks before a figure that go with it
local FEW = 10      -- rows up to which a table is kept on one page
local NOTES = 110   -- letters of a line of a table's notes on paper
local ENDING = 125  -- points: the fewest lines about a report, with a head of a table that comes again
local WIDE = 7      -- from this many columns a table is set smaller
local CARDS = 4     -- from this many columns a row is a card on a telephone, and where sentences stand in it from one less
local WIDE_ON_SCREEN = 6  -- from this many it may reach into the margin where the window has one
local ICON = "4mm"  -- height of an icon beside its words in Word
local SPARK = "5.5mm" -- height of a small line in a cell
local look = ""     -- where the look lies, from a document
local labels = {}   -- id -> number as text
local ABOUT = "sec-about"  -- the last section of every report
local toc_depth = 2
local unnumbered = 0
local wants_annex = false
local annex = pandoc.Blocks({})

local text = pandoc.utils.stringify

local function refuse(what)
  -- Quarto replaces error() by one that goes on
  io.stderr:write("REFUSED " .. what .. "\n")
  os.exit(83)
end

local function raw(code)
  return pandoc.RawBlock(html and "html" or "typst", code)
end

local function escape_html(words)
  return (words:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function typst_string(words)
  return '"' .. words:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\n", " ") .. '"'
end

local function typst_code(block)
  return (pandoc.write(pandoc.Pandoc({ block }), "typst"):gsub("%s+$", ""))
end

local function typst_inlines(inlines)
  return typst_code(pandoc.Plain(inlines))
end

local function inline_call(call, inlines)
  local all = pandoc.Inlines({ pandoc.RawInline("typst", "#" .. call .. "[") })
  all:extend(inlines)
  all:insert(pandoc.RawInline("typst", "]"))
  return all
end

local function with_prefix(prefix, inlines)
  local all = pandoc.Inlines({ pandoc.Str(prefix .. ":"), pandoc.Space() })
  all:extend(inlines)
  return all
end

local function kind_of(id)
  return id:match("^(%a+)%-")
end

-- To ask for one kind of element first is a tenth of visiting every cell: most tables and documents have none of it.
local function has(where, kind, class)
  local found = false
  where:walk({ [kind] = function(el) found = found or not class or el.classes:includes(class) end })
  return found
end

local function is_data_behind(block)
  return block.t == "Div" and block.classes:includes("data-behind")
end

local function rows_of(tbl)
  local rows = pandoc.List({})
  for _, body in ipairs(tbl.bodies) do rows:extend(body.body) end
  return rows
end

local function number_of(id)
  return labels[id] or refuse("unknown cross-reference @" .. id)
end

-- ---------------------------------------------------------------- numbers, in document order

local function callout_of(div)
  for _, class in ipairs(div.classes) do
    local name = class:match("^callout%-(%a+)$")
    if name and CALLOUTS[name] then return name end
  end
end

-- A callout's title is often given as a heading; it must not become a section.
local function callout_title(div)
  local name = callout_of(div)
  if not name then return nil end
  local first = div.content[1]
  local title = div.attributes.title and pandoc.Inlines(div.attributes.title)
  if not title and first and first.t == "Header" then
    title = first.content
    div.content:remove(1)
  end
  div.attributes = { ["data-title"] = text(title or CALLOUTS[name]) }
  return div
end

-- A table that a notebook showed as HTML: its rows, then its caption. Numbers stand to the right.
local function html_rows(div)
  if not div.classes:includes("html-table") then return nil end
  local tbl
  local caption = pandoc.Inlines({})
  for _, block in ipairs(div.content) do
    if block.t == "CodeBlock" then
      tbl = pandoc.read(block.text, "html").blocks[1]
    else
      caption:extend(pandoc.utils.blocks_to_inlines({ block }))
    end
  end
  if not tbl or tbl.t ~= "Table" then refuse("a table that cannot be read: " .. div.attributes.label) end
  tbl.identifier = div.attributes.label
  tbl.caption = { long = { pandoc.Plain(caption) } }
  tbl.classes:insert("ordinary")
  local aligned, i = div.attributes.aligned, 0
  for width in div.attributes.widths:gmatch("[%d.]+") do
    i = i + 1
    tbl.colspecs[i] = { aligned:sub(i, i) == "r" and "AlignRight" or "AlignLeft", tonumber(width) }
  end
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      if cell.col_span > 1 then cell.alignment = "AlignCenter" end
    end
  end
  return tbl
end

local function html_row(cells, styles, in_head)
  local out = pandoc.List({ "<tr>" })
  for i, words in ipairs(cells) do
    local class = in_head and "" or #words <= SHORT and ' class="short"' or #words > LONG and ' class="long"' or ""
    local tag, scope = (in_head or i == 1) and "th" or "td", in_head and ' scope="col"' or i == 1 and ' scope="row"' or ""
    out:insert(("<%s%s%s%s>%s</%s>"):format(tag, class, styles[i], scope, escape_html(words), tag))
  end
  out:insert("</tr>")
  return table.concat(out, "\n")
end

-- A pipe table of words as `escape_markdown` writes them, which therefore hold no bar.
local function html_of_words(source)
  local rows = pandoc.List({})
  for line in source:gmatch("[^\n]+") do
    local cells = pandoc.List({})
    for cell in (line:sub(3, -3) .. " | "):gmatch("(.-) | ") do
      cells:insert((cell:gsub("\\(%p)", "%1"):gsub("(%w)'(%w)", "%1\u{2019}%2")))
    end
    rows:insert(cells)
  end
  local styles = pandoc.List({})
  for dashes in source:match("\n|([-:|]+)|"):gmatch("[^|]+") do
    styles:insert(dashes:sub(-1) == ":" and ' style="text-align: right;"' or ' style="text-align: left;"')
  end
  local out = pandoc.List({ "<table>\n<thead>", html_row(rows[1], styles, true), "</thead>\n<tbody>" })
  for i = 3, #rows do out:insert(html_row(rows[i], styles)) end
  out:insert("</tbody>\n</table>")
  return table.concat(out, "\n")
end

-- The rows behind a figure stand as code: most cells of a long report are here, and few pages show them as more than words.
local function rows_behind(div)
  local code = div.content[1]
  if not is_data_behind(div) or not code or code.t ~= "CodeBlock" then return nil end
  local plain = html and not code.text:find("]{.", 1, true)
  div.content = plain and { raw(html_of_words(code.text)) } or pandoc.read(code.text, "markdown").blocks
  return div
end

-- What pandoc leaves as words, from an inline on: `{#eq-name alt="words"}` as an identifier, settings and where it ends.
local function label_at(inlines, from, kind)
  local first = inlines[from]
  if not first or first.t ~= "Str" or not first.text:match("^{#" .. kind .. "%-") then return nil end
  local words, to = "", from - 1
  repeat
    to = to + 1
    words = words .. text(pandoc.Inlines({ inlines[to] }))
  until words:match("}$") or to == #inlines
  local straight = words:gsub("\u{201c}", '"'):gsub("\u{201d}", '"'):gsub("\u{2019}", "'")
  local read = pandoc.read("[]" .. straight, "markdown").blocks[1].content[1]
  if read.t ~= "Span" then refuse("a label that cannot be read: " .. words) end
  return read.attr, to
end

-- Before 3.9 pandoc leaves the label of a table in its caption.
local function table_label(tbl)
  if tbl.identifier ~= "" then return nil end
  local inlines = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  for i = 1, #inlines do
    local attr = label_at(inlines, i, "tbl")
    if attr then
      tbl.identifier = attr.identifier
      local words = pandoc.Inlines({ table.unpack(inlines, 1, i - 1) })
      if words[#words] and words[#words].t == "Space" then words:remove(#words) end
      tbl.caption = { long = { pandoc.Plain(words) } }
      return tbl
    end
  end
end

local function section_counter()
  local counts = {}
  return function(header)
    local depth = header.level - TOP + 1
    if depth < 1 or header.classes:includes("unnumbered") then return nil end
    counts[depth] = (counts[depth] or 0) + 1
    for deeper = depth + 1, #counts do counts[deeper] = nil end
    for higher = 1, depth do counts[higher] = counts[higher] or 1 end
    return table.concat(counts, ".", 1, depth)
  end
end

local function number_everything(doc, number_sections)
  local next_section = section_counter()
  local counts = { fig = 0, tbl = 0, eq = 0 }
  local function count(block)
    local kind = kind_of(block.identifier)
    if kind == "eq" and block.t ~= "Span" then refuse("a label of an equation elsewhere: " .. block.identifier) end
    if counts[kind] then
      counts[kind] = counts[kind] + 1
      labels[block.identifier] = tostring(counts[kind])
    end
  end
  doc:walk({
    traverse = "topdown",
    Figure = count,
    Table = count,
    Span = count,
    Header = function(header)
      local number = number_sections and next_section(header) or nil
      if number then labels[header.identifier] = number end
    end,
  })
end

-- A published report within a pack begins where a good part of a page is left; its headings stand one level lower, its title among them.
local function take_in_editions(doc)
  local blocks = pandoc.Blocks({})
  for _, block in ipairs(doc.blocks) do
    if block.t == "Div" and block.classes:includes("edition") then
      if typst then blocks:insert(raw("#begin-edition")) end
      blocks:extend(block.content:walk({ Header = function(el)
        el.level = el.level + 1
        return el
      end }))
    else
      blocks:insert(block)
    end
  end
  doc.blocks = blocks
  return doc
end

-- ---------------------------------------------------------------- pieces

local function header(el)
  local number = labels[el.identifier]
  if number then
    local span = pandoc.Span({ pandoc.Str(number) }, { class = "header-section-number" })
    el.content:insert(1, pandoc.Space())
    el.content:insert(1, span)
  end
  if typst then el.level = math.max(1, el.level - TOP + 1) end
  return el
end

local function reference(citation)
  local kind = kind_of(citation.id:lower())
  local id = citation.id:sub(1, 1):lower() .. citation.id:sub(2)
  if not WORDS[kind] then refuse("unknown cross-reference @" .. citation.id) end
  local number = number_of(id)
  local words = citation.mode == "SuppressAuthor" and number or (WORDS[kind] .. "\u{a0}" .. number)
  return pandoc.Link({ pandoc.Str(words) }, "#" .. id, "", { class = "xref" })
end

local function cite(el)
  local out = pandoc.Inlines({})
  for i, citation in ipairs(el.citations) do
    if i > 1 then out:extend({ pandoc.Str(","), pandoc.Space() }) end
    out:extend(citation.prefix)
    if #citation.prefix > 0 then out:insert(pandoc.Space()) end
    out:insert(reference(citation))
    out:extend(citation.suffix)
  end
  return out
end

local function image_in(figure)
  local found
  figure:walk({ Image = function(image) found = image end })
  return found or refuse("a figure without a picture: " .. figure.identifier)
end

local function caption_of(block)
  return pandoc.utils.blocks_to_inlines(block.caption.long)
end

local function scroll_box(content, label)
  local attributes = { { "tabindex", "0" }, { "role", "region" }, { "aria-label", label } }
  return pandoc.Div(content, pandoc.Attr("", { "scroll-box" }, attributes))
end

local function figure(el)
  local image = image_in(el)
  local name = "Figure " .. number_of(el.identifier)
  local caption = with_prefix(name, caption_of(el))
  local alt = image.attributes["fig-alt"] or refuse("a figure without alt text: " .. el.identifier)
  if typst then
    local tall = image.classes:includes("tall")
    local moved = ('#tall-figure("%s", (place, width) => [%%s])'):format(el.identifier)
    return raw((tall and moved or "%s"):format(
      ("#figure(image(%s, alt: %s%s), caption: [%s], kind: image, placement: %s)\n<%s>"):format(
        typst_string(image.src), typst_string(alt), (tall or image.classes:includes("led")) and ", width: width" or "",
        typst_inlines(caption), tall and "place" or "none", el.identifier)))
  end
  local picture = pandoc.Image(pandoc.Inlines({ pandoc.Str(alt) }), image.src)
  if not html then
    picture.src = image.src:gsub("%.svg$", ".png")  -- drawn beside it: not every Word shows SVG
    -- the label stands in the caption: Quarto would number a labelled figure or table once more
    local labelled = pandoc.Span(caption, pandoc.Attr(el.identifier))
    return pandoc.Figure({ pandoc.Plain({ picture }) }, { pandoc.Plain({ labelled }) })
  end
  return {
    raw(('<figure id="%s" class="chart%s">'):format(
      el.identifier, image.classes:includes("over-time") and " over-time" or "")),
    scroll_box({ pandoc.Plain({ picture }) }, name),
    raw("<figcaption>"),
    pandoc.Plain(caption),
    raw("</figcaption></figure>"),
  }
end

-- The first column says what a row is about; every header says what it is the header of.
local function mark_headers(tbl)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attributes.scope = cell.col_span > 1 and "colgroup" or "col" end
  end
  for _, body in ipairs(tbl.bodies) do
    local heads = math.max(1, body.row_head_columns)
    body.row_head_columns = heads
    for _, row in ipairs(body.head) do row.cells[1].attributes.scope = "rowgroup" end
    for _, row in ipairs(body.body) do
      -- a row below one whose head spans it has fewer cells of its own
      local missing = #tbl.colspecs - #row.cells
      for i = 1, math.max(1, heads - missing) do
        local cell = row.cells[i]
        if cell and i == 1 and missing > 0 and heads > 1 then cell.classes:insert("below") end
        if cell then cell.attributes.scope = cell.row_span > 1 and "rowgroup" or "row" end
      end
    end
  end
  return tbl
end

-- "4.2 days" and "−3 to +12" stay on one line; sentences keep room on a telephone. A picture needs its own room alone,
-- however many words say what it shows.
local function mark_lengths(tbl)
  for _, row in ipairs(rows_of(tbl)) do
    for _, cell in ipairs(row.cells) do
      local length = #text(cell.contents:walk({ Image = function() return {} end }))
      if length <= SHORT then cell.classes:insert("short") end
      if length > LONG then cell.classes:insert("long") end
    end
  end
  return tbl
end

-- A browser and its reader choose better column widths than the document can.
local function free_widths(tbl)
  tbl.colspecs = tbl.colspecs:map(function(spec) return { spec[1], nil } end)
  return tbl
end

local function holds_sentences(tbl)
  for _, row in ipairs(rows_of(tbl)) do
    for _, cell in ipairs(row.cells) do
      if cell.classes:includes("long") then return true end
    end
  end
  return false
end

-- On a telephone a row becomes a card: each cell then says what heads its column. One that spans rows cannot.
local function name_cells(tbl)
  local fewest = holds_sentences(tbl) and CARDS - 1 or CARDS
  if #tbl.colspecs < fewest or #tbl.head.rows ~= 1 then return false end
  local heads = tbl.head.rows[1].cells:map(function(cell) return text(cell.contents) end)
  for _, row in ipairs(rows_of(tbl)) do
    for i, cell in ipairs(row.cells) do
      if cell.row_span > 1 or #row.cells ~= #heads then return false end
      if i > 1 then cell.attributes["data-head"] = heads[i] end
    end
  end
  return true
end

-- In HTML a cell of the first column cannot reach beyond it, so that such a row heads a body of its own.
local function part_bodies(tbl)
  local bodies = pandoc.List({})
  for _, body in ipairs(tbl.bodies) do
    local current = { attr = body.attr, body = {}, head = {}, row_head_columns = body.row_head_columns }
    for _, row in ipairs(body.body) do
      local first = row.cells[1]
      if first and first.classes:includes("group") then
        if #current.body > 0 or #current.head > 0 then bodies:insert(current) end
        current = { attr = pandoc.Attr(), body = {}, head = { row }, row_head_columns = body.row_head_columns }
      else
        table.insert(current.body, row)
      end
    end
    bodies:insert(current)
  end
  tbl.bodies = bodies
end

local function html_table(tbl, name, caption, grouped)
  if grouped then part_bodies(tbl) end
  free_widths(mark_lengths(mark_headers(tbl)))
  if caption and name_cells(tbl) then tbl.classes:insert("cards") end
  tbl.caption = { long = {} }
  local wide = #tbl.colspecs >= WIDE_ON_SCREEN and " wide" or ""
  if not caption then
    unnumbered = unnumbered + 1  -- a box that scrolls must not share its name with another
    return scroll_box({ tbl }, "Table without a number, " .. unnumbered)
  end
  local id = tbl.identifier
  tbl.identifier = ""
  tbl.attributes["aria-labelledby"] = id .. "-caption"
  return {
    raw(('<figure id="%s" class="table%s"><figcaption id="%s-caption">'):format(id, wide, id)),
    pandoc.Plain(caption),
    raw("</figcaption>"),
    scroll_box({ tbl }, name),
    raw("</figure>"),
  }
end

-- In a span, so that Quarto takes no brace at the end of a name for a label of its own.
local function give_caption(tbl, caption, id)
  if caption then tbl.caption = { long = { pandoc.Plain({ pandoc.Span(caption, pandoc.Attr(id or "")) }) } } end
  return tbl
end

-- Typst knows the first row as the header alone: those below a row of spanners are marked.
local function mark_lower_heads(tbl)
  for i = 2, #tbl.head.rows do
    for _, cell in ipairs(tbl.head.rows[i].cells) do
      local words = pandoc.utils.blocks_to_inlines(cell.contents)
      if #words > 0 then cell.contents = { pandoc.Plain(inline_call("column-head", words)) } end
    end
  end
end

-- Written here, or Quarto would make a figure of its own of it, which cannot break over pages. pandoc knows no
-- headings within a table: what it writes for a row that heads others becomes one.
local function typst_table(tbl, caption, grouped)
  mark_lower_heads(tbl)
  local code = typst_code(give_caption(tbl, caption))
  if grouped then code = code:gsub("table%.cell%(colspan: (%d+)%)%[", "group-row(%1)[") end
  local lines = code:find("fig-spark-", 1, true) ~= nil
  local kind = lines and "lines" or grouped and not tbl.classes:includes("ordinary") and "card" or #tbl.colspecs < WIDE and "plain" or "wide"
  local how = pandoc.List({})
  if tbl.attributes.after then how:insert("after: " .. tbl.attributes.after .. "pt") end
  if tbl.attributes.short then how:insert("fit: fit") end
  return raw(("#%s-table(%s)[%s]"):format(kind, table.concat(how, ", "), code))
end

-- A row that heads those after it: its first cell stands across the table.
local function join_groups(tbl)
  local grouped = false
  if not has(tbl, "Span", "group") then return false end
  for _, row in ipairs(rows_of(tbl)) do
    local first = row.cells[1]
    if first and has(first.contents, "Span", "group") then
      grouped = true
      first.col_span = #tbl.colspecs
      first.classes:insert("group")
      row.cells = { first }
    end
  end
  return grouped
end

-- A cell that lists several things gives each a paragraph, so that one is told from the next where lines are broken.
local function part_cells(tbl)
  if not has(tbl, "LineBreak") then return tbl end
  return tbl:walk({ Plain = function(plain)
    if #text(plain) <= LONG then return nil end
    local parts = pandoc.List({ pandoc.Inlines({}) })
    for _, inline in ipairs(plain.content) do
      if inline.t == "LineBreak" then parts:insert(pandoc.Inlines({})) else parts[#parts]:insert(inline) end
    end
    if #parts > 1 then return parts:map(pandoc.Para) end
  end })
end

local function table_block(tbl)
  tbl = part_cells(tbl)
  local grouped = join_groups(tbl)
  local numbered = kind_of(tbl.identifier) == "tbl"
  local name = numbered and ("Table " .. number_of(tbl.identifier)) or nil
  local caption = numbered and with_prefix(name, caption_of(tbl)) or nil
  if html then return html_table(tbl, name, caption, grouped) end
  if typst then return typst_table(tbl, caption, grouped) end
  local id = tbl.identifier
  if caption then tbl.identifier = "" end
  return give_caption(tbl, caption, id)
end

-- ---------------------------------------------------------------- boxes

local function wrapped(opening, content)
  local blocks = pandoc.Blocks({ raw(opening) })
  blocks:extend(content)
  blocks:insert(raw("]"))
  return blocks
end

local function callout(div)
  local name, title = callout_of(div), div.attributes["data-title"]
  if not name then return nil end
  if typst then
    return wrapped(("#callout(%s, %s)["):format(typst_string(name), typst_string(title)), div.content)
  end
  div.attributes = { role = "note" }
  div.classes = { "boxed", "boxed-" .. name }  -- not Quarto's names, or it would draw them again
  div.content:insert(1, pandoc.Div({ pandoc.Plain({ pandoc.Str(title) }) }, { class = "boxed-title" }))
  return div
end

-- In HTML a block to open, with the same rows as a file; on paper, where asked for, an annex.
local function data_behind(div)
  local id = div.attributes.figure
  local name = "Figure " .. number_of(id)
  if html then
    local first = div.content[1]
    local rows = first.t == "Div" and first or scroll_box({ first }, "")
    rows.attributes["aria-label"] = "Data behind " .. name
    local blocks = pandoc.Blocks({ raw('<details class="data-behind"><summary>Data behind ' .. name .. "</summary>"), rows })
    blocks:insert(raw(('<p><a class="csv" download="%s.csv" href="data:text/csv;charset=utf-8,%s">%s</a></p>'):format(
      escape_html(id), escape_html(div.attributes.csv), "Download the data behind " .. name .. " as CSV")))
    blocks:insert(raw("</details>"))
    return blocks
  end
  annex:insert(pandoc.Header(typst and 2 or 3, "Data behind " .. name, pandoc.Attr("data-" .. id, { "unnumbered" })))
  annex:extend(div.content)
  return {}
end

local function add_annex(doc)
  if #annex == 0 then return doc end
  doc.blocks:insert(pandoc.Header(typst and 1 or 2, "Annex: data behind the charts", pandoc.Attr("sec-annex", { "unnumbered" })))
  doc.blocks:extend(annex)
  return doc
end

-- The first sentence of a headline is the one that a board remembers.
local function lead_first(name, content)
  if name ~= "headline" or not content[1] or content[1].t ~= "Para" then return content end
  local blocks = wrapped("#headline-lead[", { content[1] })
  for i = 2, #content do blocks:insert(content[i]) end
  return blocks
end

-- An icon stands before its words; PowerPoint has no picture within a line, so there the words stand alone.
local function icon(span)
  local name = nil
  for _, class in ipairs(span.classes) do name = name or class:match("^icon%-([%a%-]+)$") end
  if not name or html or slides then return nil end
  if typst then return inline_call(("icon(%s)"):format(typst_string(name)), span.content) end
  local picture = pandoc.Image({}, look .. "icons/" .. name .. ".png", "", { height = ICON })
  local inlines = pandoc.Inlines({ picture, pandoc.Str("\u{a0}") })
  inlines:extend(span.content)
  return inlines
end

-- A small line in a cell of a table, as high as two lines of words; no picture stands in a table of PowerPoint.
local function spark(image)
  if not image.classes:includes("spark") or html then return nil end
  if slides then return {} end
  local words = text(image.caption)
  if typst then
    return pandoc.RawInline("typst", ("#box(image(%s, alt: %s, height: %s))"):format(
      typst_string(image.src), typst_string(words), SPARK))
  end
  return pandoc.Image(image.caption, image.src:gsub("%.svg$", ".png"), "", { height = SPARK })
end

local function span_piece(span)
  if span.classes:includes("break") then return pandoc.LineBreak() end
  if span.classes:includes("icon") then return icon(span) end
  if not span.classes:includes("panel-title") or html then return nil end
  if typst then return inline_call("panel-title", span.content) end
  return pandoc.Strong(span.content)
end

-- A row of icons with their words as one line.
local function word_strip(div)
  local is_line = not div.content:find_if(function(block) return block.t ~= "Para" end)
  return is_line and pandoc.Para(pandoc.utils.blocks_to_inlines(div.content, { pandoc.Str("\u{2003}"), pandoc.Space() })) or nil
end

-- Blocks side by side; a strip is a row of icons with their words.
local function panels(div)
  if word and div.classes:includes("strip") then return word_strip(div) end
  if not typst then return nil end
  local blocks = pandoc.Blocks({ raw(("#panels(strip: %s)["):format(tostring(div.classes:includes("strip")))) })
  for i, panel in ipairs(div.content) do
    if i > 1 then blocks:insert(raw("][")) end
    blocks:extend(panel.content)
  end
  blocks:insert(raw("]"))
  return blocks
end

-- Word takes a box's look from the style of its name.
local STYLES = { headline = "Headline", synthetic = "Synthetic", notes = "Notes" }

local function in_style(name, blocks)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = name }))
end

local function styled(div, name)
  local first = name == "headline" and "Headline Lead" or STYLES[name]
  for i, block in ipairs(div.content) do div.content[i] = in_style(i == 1 and first or STYLES[name], { block }) end
  return div.content
end

local function panel(div)
  local first = div.content[1]
  local titled = first and first.t == "Para" and #first.content == 1 and first.content[1].t == "Strong"
  if titled then div.content[1] = in_style("Panel Title", { first }) end
  return div.content
end

local function box(div)
  if div.classes:includes("panels") then return panels(div) end
  if word and div.classes:includes("panel") then return panel(div) end
  if div.classes:includes("data-behind") then return data_behind(div) end
  local drawn = callout(div)
  if drawn then return drawn end
  local name = div.classes[1]
  if word and STYLES[name] then return styled(div, name) end
  if typst and STYLES[name] then return wrapped("#" .. name .. "-box[", lead_first(name, div.content)) end
end

-- ---------------------------------------------------------------- what is refused

local function check_link(link)
  local target = link.target:lower()
  if target:match("^#") or target:match("^https?://") or target:match("^mailto:") then return nil end
  if link.classes:includes("beside") and not target:match("[:/]") then return nil end -- delivered with the report
  refuse("a link to " .. link.target)
end

local function check_image(image)
  if not image.src:match("^figures/fig%-[%w_%-]+%.%a+$") then refuse("a picture that no figure made: " .. image.src) end
end

local refusals = {
  Link = check_link,
  Image = check_image,
  RawBlock = function(el) refuse("raw " .. el.format) end,
  RawInline = function(el) refuse("raw " .. el.format) end,
}

-- ---------------------------------------------------------------- what each engine would take in its own way

local function keep_known(el)
  el.classes = el.classes:filter(function(class)
    return KNOWN:includes(class) or class:match("^icon%-") ~= nil or class:match("^callout%-") ~= nil
  end)
  for name in pairs(el.attributes) do
    if not KNOWN_SETTINGS:includes(name) then el.attributes[name] = nil end
  end
  return el
end

-- Code is set without colours and written here: Quarto's way would want parts of its own template.
local function plain_code(el)
  el.attr = pandoc.Attr()
  local is_block = el.t == "CodeBlock"
  if typst then
    return is_block and raw(typst_code(el)) or pandoc.RawInline("typst", typst_inlines({ el }))
  end
  return is_block and html and raw("<pre><code>" .. escape_html(el.text) .. "</code></pre>") or el
end

local own_words = {
  Div = keep_known, Span = keep_known, Header = keep_known, Table = keep_known, Code = plain_code, CodeBlock = plain_code,
}

-- ---------------------------------------------------------------- equations

-- As Quarto writes it: `$$ … $$ {#eq-name alt="words"}`.
local function label_equations(inlines)
  local out, i = pandoc.Inlines({}), 1
  while i <= #inlines do
    local math, from = inlines[i], i + 1
    out:insert(math)
    if math.t == "Math" then
      if inlines[from] and inlines[from].t == "Space" then from = from + 1 end
      local attr, to = label_at(inlines, from, "eq")
      if attr then
        out[#out] = pandoc.Span({ math }, attr)
        i = to
      end
    end
    i = i + 1
  end
  return out
end

local function mathml(math, said)
  local page = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "html", { html_math_method = "mathml" })
  local set = page:match("<math.*</math>") or refuse("an equation that cannot be set: " .. math.text)
  local focus = math.mathtype == "DisplayMath" and ' tabindex="0"' or ""  -- a long one scrolls
  return (set:gsub("^<math", function(tag) return tag .. ' alttext="' .. escape_html(said) .. '"' .. focus end))
end

local function typst_equation(math, said, number)
  local set = typst_inlines({ math })
  if not set:match("^%$.*%$$") then refuse("an equation that cannot be set: " .. math.text) end
  local block = tostring(math.mathtype == "DisplayMath")
  local numbering = number and "_ => [(" .. number .. ")]" or "none"
  return ("#math.equation(alt: %s, block: %s, numbering: %s, %s)"):format(typst_string(said), block, numbering, set)
end

-- PDF/UA wants words for every equation: those given, else its source. Word reads its own equations aloud.
local function equation(math, id, alt)
  local said = (alt and alt ~= "" and alt or math.text):gsub("%s+", " ")
  local number = id ~= "" and number_of(id) or nil
  if typst then
    local label = number and ("<" .. id .. ">") or ""
    return pandoc.RawInline("typst", typst_equation(math, said, number) .. label)
  elseif html then
    local set = mathml(math, said)
    if not number then return pandoc.RawInline("html", set) end
    local shown = ('<span class="equation" id="%s">%s<span class="equation-number">(%s)</span></span>')
    return pandoc.RawInline("html", shown:format(id, set, number))
  end
  if number then math.text = math.text .. " \\qquad(" .. number .. ")" end
  return number and pandoc.Span({ math }, pandoc.Attr(id)) or math
end

local equations = {
  traverse = "topdown",
  Span = function(span)
    local math = span.content[1]
    if #span.content ~= 1 or math.t ~= "Math" then return nil end
    return equation(math, span.identifier, span.attributes.alt), false
  end,
  Math = function(math) return equation(math, "", nil) end,
}

-- ---------------------------------------------------------------- contents

local function contents_list(doc)
  local items = pandoc.List({})
  for _, el in ipairs(doc.blocks) do
    if el.t == "Header" and el.level <= toc_depth then
      local words = el.content:clone()
      items:insert({ pandoc.Plain({ pandoc.Link(words, "#" .. el.identifier) }) })
    end
  end
  return pandoc.BulletList(items)
end

-- Typst would set "--" and "..." as dashes and dots of its own; before 3.9 pandoc lets it.
local function keep_runs(str)
  local before, run, after = str.text:match("^(.-)([%-%.][%-%.]+)(.*)$")
  if not run then return nil end
  local out = pandoc.Inlines({ pandoc.Str(before), pandoc.RawInline("typst", (run:gsub(".", "\\%0"))) })
  out:extend(keep_runs(pandoc.Str(after)) or { pandoc.Str(after) })
  return out
end

-- How many lines the contents take at half the page's width; each heading's level is the paper's by now.
local function contents_lines(doc)
  local lines = 0
  for _, el in ipairs(doc.blocks) do
    if el.t == "Header" and el.level <= toc_depth - TOP + 1 then lines = lines + math.ceil(#text(el.content) / HALF) end
  end
  return lines
end

local function contents(doc)
  if typst then
    return pandoc.Blocks({ raw(("#contents(%d, %d)"):format(toc_depth - TOP + 1, contents_lines(doc))) })
  end
  if word then
    local entries = contents_list(doc).content:map(function(item) return pandoc.Para(item[1].content) end)
    local title = pandoc.Para({ pandoc.Str("Contents") })
    return pandoc.Blocks({ in_style("Contents Title", { title }), in_style("Contents", entries) })
  end
  return pandoc.Blocks({
    raw('<nav id="TOC" aria-labelledby="toc-title"><p id="toc-title">Contents</p>'),
    contents_list(doc),
    raw("</nav>"),
  })
end

-- What stands before the first section is read first: the contents follow it.
local function insert_contents(doc, list)
  local place = #doc.blocks + 1
  for i, el in ipairs(doc.blocks) do
    local is_header = el.t == "Header" or (el.t == "RawBlock" and el.text:match("^=+ "))
    if is_header and place > i then place = i end
  end
  for i, block in ipairs(list) do doc.blocks:insert(place + i - 1, block) end
end

-- A short table goes to the next page as a whole; one that could fill a page must be free to break.
local function is_short(tbl)
  local rows, letters = rows_of(tbl), 0
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do letters = letters + #text(cell.contents) end
  end
  return #rows <= FEW and letters <= FEW * 120
end

local function is_notes(block)
  return block and block.t == "Div" and block.classes:includes("notes")
end

local function is_tall(figure)
  return image_in(figure).classes:includes("tall")
end

local function is_lead(block)
  return block and (block.t == "Para" or (block.t == "Div" and block.classes:includes("panels")))
end

-- The sentences and icons before a figure go with it to the next page, and its heading with them; so do the sentence
-- before a table and the one between two headings. A tall figure has a place of its own, so that the text goes on before it.
local function leads_on(blocks, i)
  for step = 0, BEFORE - 1 do
    local block, follows = blocks[i + step], blocks[i + step + 1]
    if not is_lead(block) or not follows then return false end
    if follows.t == "Figure" then return not is_tall(follows) end
    if follows.t == "Table" then return step == 0 end
    if follows.t == "Header" then
      local above = blocks[i - 1]
      return step == 0 and above ~= nil and above.t == "Header" and follows.level > above.level
    end
  end
  return false
end

-- Where a figure stands that these blocks lead to, or none; a tall one has a place of its own.
local function figure_ahead(blocks, i)
  while blocks[i] and (blocks[i].t == "Header" or leads_on(blocks, i)) do i = i + 1 end
  local found = blocks[i]
  return found and found.t == "Figure" and not is_tall(found) and i or nil
end

-- A tall figure may go to the next page, and what follows stands before it; a table comes first on paper, with the
-- sentences that lead to it, or the figure would stand within it.
local function tables_before_tall(blocks)
  local place = 1
  while place < #blocks do
    local from, to = place, place + 1
    while blocks[to] and (is_data_behind(blocks[to]) or is_lead(blocks[to]) and blocks[to].t ~= "Header") do to = to + 1 end
    if blocks[from].t == "Figure" and is_tall(blocks[from]) and blocks[to] and blocks[to].t == "Table" then
      if is_notes(blocks[to + 1]) then to = to + 1 end
      blocks:insert(to, blocks:remove(from))
    end
    place = to
  end
end

-- A tall figure may move, and its notes with it, as the last lines of its caption.
local function notes_in_caption(blocks)
  for i = #blocks, 2, -1 do
    local figure = blocks[i - 1]
    if is_notes(blocks[i]) and figure.t == "Figure" and is_tall(figure) then
      local words = pandoc.utils.blocks_to_inlines(blocks:remove(i).content, { pandoc.LineBreak() })
      words:insert(1, pandoc.LineBreak())
      figure.caption.long[#figure.caption.long].content:extend(words)
    end
  end
end

-- The last two points of a list stay together: one alone at the head of a page belongs to nothing.
local function keep_ends(list)
  local many = #list.content
  if many < 2 then return nil, false end
  local between = list.content[1][1].t == "Para" and "1em" or "0.62em"
  local out = pandoc.Blocks({})
  if many > 2 then
    local first = pandoc.BulletList({ table.unpack(list.content, 1, many - 2) })
    out:extend({ raw("#list-start(" .. between .. ")["), first, raw("]") })
  end
  local last = pandoc.BulletList({ table.unpack(list.content, many - 1, many) })
  out:extend({ raw("#list-end(" .. between .. ")["), last, raw("]") })
  return out, false
end

-- The table of every measure has small lines in its rows and headings between them; the lines are Typst's by now.
local function has_lines_in_groups(tbl)
  local lines = false
  if not has(tbl, "Span", "group") then return false end
  tbl:walk({ RawInline = function(code) lines = lines or code.text:find("fig-spark-", 1, true) ~= nil end })
  return lines
end

-- The last words of a document go with what is said about it, where that goes to the next page.
local function keep_with_next(kept)
  if kept[#kept].t == "Para" then
    kept:insert(#kept, raw("#block(sticky: true)["))
    kept:insert(raw("]"))
    return
  end
  for place = #kept, math.max(1, #kept - 2), -1 do
    local opening = kept[place].t == "RawBlock" and kept[place].text or ""
    if opening:match("^#list%-end") then kept[place] = raw((opening:gsub("%)%[$", ", sticky: true)["))) end
  end
end

-- Lists, and words that stick to what follows, are Typst's by now.
local function is_words(block)
  local code = block.t == "RawBlock" and block.text or ""
  return block.t == "Para" or block.t:match("List$") or code == "]" or code:match("^#list%-") or code:match("^#block")
end

-- The last of the words about the figure at `place`, as far as they lead to nothing else.
local function words_after(blocks, place)
  local last = place
  while blocks[last + 1] and is_words(blocks[last + 1]) and not leads_on(blocks, last + 1) do last = last + 1 end
  return last
end

local function led(figure)
  return figure:walk({ Image = function(image) image.classes:insert("led") return image end })
end

-- Arguments of a function of board.typ: what leads to a figure, how it is drawn, and the words after it, or none.
local function figure_with_words(blocks, from, place, last)
  local out = pandoc.Blocks({ raw("[") })
  for i = from, place - 1 do
    local sticky = leads_on(blocks, i)
    out:extend(sticky and { raw("#block(sticky: true)["), blocks[i], raw("]") } or { blocks[i] })
  end
  out:insert(raw("], width => ["))
  local notes = is_notes(blocks[place + 1])
  if notes then out:insert(raw("#block(sticky: true)[")) end
  out:insert(led(blocks[place]))
  if notes then out:extend({ raw("]"), blocks[place + 1] }) end
  local first = place + (notes and 2 or 1)
  out:insert(raw(first <= last and "], [" or "], none"))
  for i = first, last do out:insert(blocks[i]) end
  if first <= last then out:insert(raw("]")) end
  return out
end

-- A short table and its notes stay together; a figure and what leads to it are handed over as one.
local function kept_together(blocks, to)
  local kept, i = pandoc.Blocks({}), 1
  while i <= to do
    local block, follows, ahead = blocks[i], blocks[i + 1], figure_ahead(blocks, i)
    if ahead then
      local last = math.min(to, words_after(blocks, is_notes(blocks[ahead + 1]) and ahead + 1 or ahead))
      kept:insert(raw(('#led-figure("%s",'):format(blocks[ahead].identifier)))
      kept:extend(figure_with_words(blocks, i, ahead, last))
      kept:insert(raw(")"))
      i = last
    elseif leads_on(blocks, i) then
      kept:extend({ raw("#block(sticky: true)["), block, raw("]") })
    elseif block.t == "Table" and is_short(block) then
      block.attributes.short = "true"
      kept:extend({ raw("#whole-table(fit => ["), block })
      if is_notes(follows) then
        kept:insert(follows)
        i = i + 1
      end
      kept:insert(raw("])"))
    else
      if block.t == "Table" then kept:insert(raw(has_lines_in_groups(block) and "#begin-page" or "#begin-table")) end
      kept:insert(block)
    end
    i = i + 1
  end
  return kept
end

-- Where the last section begins, of words alone, or the last figure with what leads to it, and where that stands.
local function start_of_ending(blocks)
  local i = #blocks
  while i > 0 and (is_words(blocks[i]) or is_notes(blocks[i])) do i = i - 1 end
  local found, from = blocks[i], i
  if found and found.t == "Header" then
    while from > 1 and blocks[from - 1].t == "Header" do from = from - 1 end
    return from, nil
  elseif found and found.t == "Figure" and not is_tall(found) then
    while from > 1 and figure_ahead(blocks, from - 1) == i do from = from - 1 end
    return from, i
  end
  return #blocks + 1, nil
end

-- A table's notes have room on its last page, and so have the fewest lines about the report after the last of all.
local function leave_room(blocks)
  for i, block in ipairs(blocks) do
    local notes = is_notes(blocks[i + 1]) and blocks[i + 1]
    local points = notes and 24 + 13 * math.ceil(#text(notes.content) / NOTES) or 0
    if i + (notes and 1 or 0) == #blocks then points = points + ENDING end
    if block.t == "Table" and points > 0 then block.attributes.after = tostring(points) end
  end
end

-- What is said about the report stays together, and with what is before it.
local function keep_together(doc)
  local before, about = pandoc.Blocks({}), pandoc.Blocks({})
  for _, block in ipairs(doc.blocks) do
    local later = #about > 0 or (block.t == "Header" and block.identifier == ABOUT)
    if later then about:insert(block) else before:insert(block) end
  end
  leave_room(before)
  if #about == 0 then
    doc.blocks = kept_together(before, #before)
    return doc
  end
  if #before > 0 then keep_with_next(before) end
  local from, place = start_of_ending(before)
  local kept = kept_together(before, from - 1)
  kept:insert(raw(('#ending("%s",'):format(place and before[place].identifier or "")))
  if place then
    kept:extend(figure_with_words(before, from, place, #before))
  else
    kept:extend({ raw("["), table.unpack(before, from) })
    kept:insert(raw("], none, none"))
  end
  kept:extend({ raw(", ["), table.unpack(about) })
  kept:insert(raw("])"))
  doc.blocks = kept
  return doc
end

-- ---------------------------------------------------------------- slides: the headline, marked figures, a table

local function without_links(blocks)
  return blocks:walk({ Link = function(link) if link.target:match("^#") then return link.content end end })
end

-- No picture stands in a table of PowerPoint, so a column of small lines would be empty.
local function without_lines(tbl)
  for i = #tbl.colspecs, 2, -1 do
    local lines = false
    for _, row in ipairs(rows_of(tbl)) do
      local cell = row.cells[i]
      lines = lines or (cell and has(cell.contents, "Image", "spark"))
    end
    if lines then
      tbl.colspecs:remove(i)
      for _, row in ipairs(tbl.head.rows) do row.cells:remove(i) end
      for _, row in ipairs(rows_of(tbl)) do row.cells:remove(i) end
    end
  end
  return tbl
end

-- A heading without its number.
local function slide_title(heading)
  local title = heading.content:filter(function(el) return not (el.t == "Span" and el.classes:includes("header-section-number")) end)
  while title[1] and title[1].t == "Space" do title:remove(1) end
  return pandoc.Header(TOP, title)
end

local function headline_words(div)
  local words = pandoc.Blocks({ table.unpack(div.content) })
  if words[1] and words[1].t == "Para" then words[1] = pandoc.Para({ pandoc.Strong(words[1].content) }) end
  return words
end

-- The words of a slide below the heading of its section; its first line says which picture is set when it is finished.
local function figure_slide(div, heading, figure)
  local titles, words = pandoc.List({}), pandoc.Blocks({})
  for _, panel in ipairs(div.content) do
    words:extend(panel.content:walk({ Span = function(span)
      if not span.classes:includes("panel-title") then return nil end
      titles:insert(text(span.content))
      return pandoc.Strong(span.content)
    end }))
  end
  local told = { id = figure.identifier, alt = image_in(figure).attributes["fig-alt"], titles = titles }
  local blocks = pandoc.Blocks({ slide_title(heading), pandoc.Para({ pandoc.Str(pandoc.json.encode(told)) }) })
  blocks:extend(words)
  return blocks
end

-- A caption is a sentence, a slide's title is none.
local function table_slide(tbl)
  tbl = without_lines(tbl)
  local words = caption_of(tbl)
  local last = words[#words]
  if last and last.t == "Str" then last.text = last.text:gsub("%.$", "") end
  tbl.caption = { long = {} }
  tbl.identifier = ""
  return pandoc.Blocks({ pandoc.Header(TOP, words), tbl })
end

function as_slides(doc)
  local facts = doc.meta.facts
  local about = text(facts.organisation) .. " · " .. text(facts.period)
  if facts["as-at"] and text(facts["as-at"]) ~= "" then about = about .. " · data as at " .. text(facts["as-at"]) end
  local title = pandoc.utils.type(doc.meta.title) == "Inlines" and doc.meta.title or pandoc.Inlines(text(doc.meta.title))
  local blocks = pandoc.Blocks({ pandoc.Header(TOP, title), pandoc.Para({ pandoc.Str(about) }) })
  local matrix = facts.slide and text(facts.slide) or ""
  local found, figures = pandoc.Blocks({}), pandoc.Blocks({})
  local heading, figure, is_told = pandoc.Header(TOP, title), nil, false
  for _, block in ipairs(doc.blocks) do
    if block.t == "Header" then
      heading = block
    elseif block.t == "Figure" then
      figure = block
    elseif block.t == "Div" and block.classes:includes("on-slide") then
      figures:extend(figure_slide(block, heading, figure))
    elseif block.t == "Div" and block.classes:includes("headline") then
      -- a report within a pack says its own on a slide of its own
      if is_told then figures:insert(slide_title(heading)) end
      (is_told and figures or blocks):extend(headline_words(block))
      is_told = true
    elseif block.t == "Table" and block.identifier == matrix then
      found = table_slide(block)
    end
  end
  blocks:extend(figures)
  blocks:extend(found)
  doc.blocks = without_links(blocks:walk({ Span = span_piece, Image = spark }))
  for _, key in ipairs({ "title", "subtitle", "author", "date" }) do doc.meta[key] = nil end
  return doc
end

-- ---------------------------------------------------------------- all in order

-- Word has no template of ours: what stands below the title is metadata.
local function word_title(doc)
  local facts = doc.meta.facts
  local as_at = facts and facts["as-at"] and text(facts["as-at"]) or ""
  doc.meta.toc = nil  -- ours stands below the headline
  if as_at ~= "" then doc.meta.date = pandoc.MetaInlines({ pandoc.Str("Data as at " .. as_at) }) end
end

-- Words for a slide; and on paper the data behind a chart, which no annex asks for, before time goes into its tables.
local function is_left_out(div)
  return div.classes:includes("on-slide") or (not html and not wants_annex and is_data_behind(div))
end

function Pandoc(doc)
  -- Quarto keeps its own settings of these names to itself
  local page = doc.meta.board or doc.meta
  look = doc.meta.board and "../theme/" or "theme/"
  if page["toc-depth"] then toc_depth = tonumber(text(page["toc-depth"])) end
  wants_annex = page["data-annex"] == true
  doc = doc:walk({ Div = html_rows }):walk(refusals)
  if not slides then doc = doc:walk({ Div = function(div) return is_left_out(div) and {} or rows_behind(div) end }) end
  doc = doc:walk(own_words)
  if has(doc, "Math") then doc = doc:walk({ Inlines = label_equations }) end
  doc = take_in_editions(doc):walk({ Div = callout_title, Table = table_label })
  number_everything(doc, page["number-sections"])
  doc = doc:walk({ Header = header, Cite = cite })
  if slides then return as_slides(doc) end
  if has(doc, "Math") then doc = doc:walk(equations) end
  local list = page.toc and contents(doc) or {}
  doc = doc:walk({ Span = span_piece, Image = spark })
  if typst then
    notes_in_caption(doc.blocks)
    tables_before_tall(doc.blocks)
    doc = doc:walk({ traverse = "topdown", BulletList = keep_ends })
    doc = keep_together(doc):walk({ Str = keep_runs })
  end
  -- a table that was moved into a figure is not visited again: topdown, and stop there
  doc = doc:walk({
    traverse = "topdown",
    Figure = function(el) return figure(el), false end,
    Table = function(el) return table_block(el), false end,
  })
  insert_contents(doc, list)
  if word then word_title(doc) end
  return add_annex(doc:walk({ Div = box }))
end
