-- Writes a document as pages of several kinds, for `pandoc lua`: reading it is half of pandoc's work, and is done once.
-- Arguments: how to read report.md, then each writer; the pages are report.html and report.typst, with the look beside.

local function contents_of(path)
  local file = assert(io.open(path, "rb"))
  local contents = file:read("a")
  file:close()
  return contents
end

local function write(path, contents)
  local file = assert(io.open(path, "wb"))
  file:write(contents)
  file:close()
end

-- The project's settings, but for what the document itself says.
local function read_document(reader)
  local doc = pandoc.read(contents_of("report.md"), reader)
  local page = pandoc.read("---\n" .. contents_of("page.yml") .. "\n---\n", "markdown").meta
  for key, value in pairs(page) do
    if doc.meta[key] == nil then doc.meta[key] = value end
  end
  return doc
end

local function page_of(doc, writer)
  local variables = { ["header-includes"] = writer == "html" and contents_of("theme/look.css") or nil }
  local template = "theme/embedded." .. writer
  local options = pandoc.WriterOptions({
    template = pandoc.template.compile(contents_of(template), template),
    variables = variables,
    wrap_text = "none",
    highlight_method = "none",
  })
  -- the filter keeps what it counts in variables of its own, and asks for the format as pandoc names it
  local own = setmetatable({ FORMAT = writer }, { __index = _G })
  return pandoc.write(pandoc.utils.run_lua_filter(doc:clone(), "theme/filter.lua", own), writer, options)
end

local doc = read_document(arg[1])
for i = 2, #arg do write("report." .. arg[i], page_of(doc, arg[i])) end
