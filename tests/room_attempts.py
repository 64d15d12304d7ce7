"""What somebody tries in a notebook who wants records or a small count, and what he is told.

`report` is the open report of T1, which has one patient in specialty 300 whose stay cost 7,321.9846 pounds; `files` are
the files of records, `mart` the mart's folder, `siblings` the processes beside the kernel.
"""

from __future__ import annotations

#: in a batch: name, what is tried, and what the message says to do
FILES = {
    "the mart's SQL": ('report.mart.query("SELECT * FROM spells")', "report.records("),
    "a count by SQL": ('report.mart.fetch("SELECT count(*) FROM spells")', "report.records("),
    "a mart of one's own": (
        '__import__("helpers.data.mart", fromlist=["Mart"]).Mart(mart).query("FROM spells")',
        "report.records(",
    ),
    "open": ('open(files[0], "rb").read()', "report.records("),
    "pathlib": ("Path(files[0]).read_bytes()", "report.records("),
    "io": ("io.FileIO(files[0]).readall()", "report.records("),
    "by a link": ('os.symlink(files[0], "link") or open("link", "rb").read()', "report.records("),
    "os.open": ("os.open(files[0], os.O_RDONLY)", "report.records("),
    "pandas": ('__import__("pandas").read_parquet(files[0])', "report.records("),
    "pandas of a folder": (
        '__import__("pandas").read_parquet(os.path.dirname(files[0]))',
        "report.records(",
    ),
    "pyarrow": ('__import__("pyarrow.parquet", fromlist=["x"]).read_table(files[0])', "report.records("),
    "pyarrow dataset": (
        '__import__("pyarrow.dataset", fromlist=["x"]).dataset(files).to_table()',
        "report.records(",
    ),
    "memory map": ('__import__("pyarrow").memory_map(files[0]).read()', "report.records("),
    "DuckDB": (
        '__import__("duckdb").sql(f"FROM read_parquet(\'{files[0]}\')").fetchall()',
        "report.records(",
    ),
    "DuckDB over all": (
        '__import__("duckdb").sql(f"FROM read_parquet(\'{mart}/data/*/spells/*/*.parquet\')").fetchall()',
        "report.records(",
    ),
    "the mart's SQL over a file": (
        "report.mart.query(f\"FROM read_parquet('{files[0]}')\")",
        "report.records(",
    ),
    "cat": ('subprocess.run(["cat", files[0]], capture_output=True, check=True).stdout', "report.records("),
    "cp": ('subprocess.run(["cp", files[0], "mine.parquet"], check=True)', "report.records("),
    "another Python": (
        'subprocess.run([sys.executable, "-c", "import sys; open(sys.argv[1]).read(1)", files[0]], check=True)',
        "report.records(",
    ),
    "a room of one's own": (
        "subprocess.run([sys.executable, '-c', ROOM, mart], check=True, capture_output=True).stdout",
        "report.records(",
    ),
    "the room's memory": (
        '[open(f"/proc/{pid}/mem", "rb").read(1) for pid in siblings]',
        "report.records(",
    ),
    "the room's root": (
        '[open(f"/proc/{pid}/root{files[0]}", "rb").read() for pid in siblings]',
        "report.records(",
    ),
    "numpy": ('__import__("numpy").fromfile(files[0], dtype="uint8")', "report.records("),
    "map of a descriptor": (
        '__import__("mmap").mmap(os.open(files[0], os.O_RDONLY), 0, prot=1).read()',
        "report.records(",
    ),
    "a hard link": ('os.link(files[0], "hard") or open("hard", "rb").read()', "its working folder"),
    "moved": ('os.rename(files[0], "moved") or open("moved", "rb").read()', "its working folder"),
    "packed": ('__import__("tarfile").open("all.tar", "w").add(files[0])', "report.records("),
    "the whole mart copied": (
        '__import__("shutil").copytree(os.path.dirname(files[0]), "mine")',
        "report.records(",
    ),
    "the shell of IPython": ('get_ipython().getoutput(f"cat {files[0]}")', "report.records("),
    "the memory of the keeper": ('open(f"/proc/{keeper}/mem", "rb").read(1)', "report.records("),
    "the descriptors of the room": (
        '[os.open(f"/proc/{pid}/fd/{n}", os.O_RDONLY) for pid in siblings for n in range(3, 40)]',
        "report.records(",
    ),
    "what it has spilt": (
        '[open(each, "rb").read() for each in glob.glob(f"{mart}/room/**", recursive=True) if os.path.isfile(each)]',
        "report.records(",
    ),
    "what the room worked out": (
        '[open(each, "rb").read() for each in glob.glob(f"{mart}/room/**/*.parquet", recursive=True)][0]',
        "report.records(",
    ),
}
#: wherever a notebook runs
ASKED = {
    "rows": ("report.records('spells').rows(3)", "take this cell out"),
    "pickle": ("pickle.dumps(report.records('spells'))", None),
    "iterate": ("list(report.records('spells'))", "by=[…]"),
    "a day": ("report.records('spells', where={'discharged': '2026-04-15'}).count()", "months="),
    "by day": ("report.records('spells', by='admitted').count()", "month"),
    "by cost": ("report.records('spells', by='cost').count()", "bands"),
    "a date as a number": ("report.records('spells').mean('discharged')", "month"),
    "the largest": ("report.records('spells').quantile('cost', 1.0)", "one patient each"),
    "unknown column": ("report.records('spells', by='nhs_number').count()", "no such column"),
    "apply rows": ("report.records('spells').apply(lambda group: group)", "return a number"),
    "apply a list": (
        "report.records('spells').apply(lambda group: group['cost'].tolist())",
        "return a number",
    ),
    "apply words": ("report.records('spells').apply(lambda group: group.to_csv())", "return a number"),
    "apply names": (
        "report.records('spells').apply(lambda group: {str(c): 0.5 for c in group['cost'].unique()})",
        "return a number",
    ),
    "apply an error": (
        "report.records('spells').apply(lambda group: 1 / 0 if group['cost'].max() > 7000 else 1.5)",
        "stays there",
    ),
    "apply that writes": (
        "report.records('spells').apply(lambda group: group.to_csv(mart + '/../../stolen.csv') or 1.5)",
        "stays there",
    ),
    "a dummy for one patient": (
        "report.records('spells').fit('los_days ~ I(cost == 7321.9846)')",
        "put its groups together",
    ),
    "a saturated model": (
        "report.records('spells').fit('los_days ~ C(cost):C(casemix_group):C(sex)')",
        "rests on a few people",
    ),
    "residuals": (
        "report.records('spells').fit('cost ~ sex', family='poisson').resid_response",
        ".coefficients",
    ),
    "dates in a model": ("report.records('spells').fit('cost ~ C(admitted)')", "month and weekday"),
    "looking past the handle": (
        "SINGLE.look_at(report.mart, report.records('spells').selection, 100).text",
        "take this cell out",
    ),
    "a key of one's own making": (
        "COUNTING.count(report.mart, replace(report.records('spells').selection, keys=(Key('cost'),)))",
        "bands",
    ),
    "a day of one's own making": (
        "COUNTING.count(report.mart, replace(report.records('spells').selection, keys=(Key('discharged'),)))",
        "month",
    ),
    "a condition in SQL": (
        "COUNTING.count(report.mart, replace(report.records('spells').selection, "
        "conditions=(Condition('cost = 7321.9846 OR sex', ('x',)),)))",
        "no such column",
    ),
    "a table in SQL": (
        "COUNTING.count(report.mart, replace(report.records('spells').selection, table='(FROM spells)'))",
        "spells, appointments, waits",
    ),
    "a column in SQL": (
        "COUNTING.mean(report.mart, report.records('spells').selection, 'max(cost) OVER ()')",
        "no such column",
    ),
    "a message to the room": (
        "told_by_room(line_of('helpers.data.mart:Mart.query', {'self': report.mart, 'sql': 'FROM spells'}))",
        "report.records(",
    ),
    "a module that a message names": (
        "told_by_room(line_of('this:anything', {}))",
        "functions of helpers.data.room.counting",
    ),
    "a function that is not marked": (
        "told_by_room(line_of('helpers.data.room.single:single_records', {}))",
        "functions of helpers.data.room.counting",
    ),
    "a pickle that runs in the room": (
        "told_by_room(pickle.dumps(Opened('stays in the room')) + b'\\n')",
        "ask by report.records",
    ),
    "a message of wrong kinds": (
        "COUNTING.count(report.mart, replace(report.records('spells').selection, conditions=('1 = 1',)))",
        "selection.conditions.0",
    ),
    "an end in SQL": (
        "COUNTING.count(report.mart, replace(report.records('spells').selection, "
        "conditions=(Condition('cost', low='0 OR true'),)))",
        "selection.conditions.0.low",
    ),
    "what cannot be said": (
        "COUNTING.count(report.mart, report.records('spells').selection.__class__)",
        "words, numbers, days",
    ),
    "apply with all that the notebook holds": (
        "report.records('spells').apply(lambda group: len(LARGE) + 0.5)",
        "leave out what it refers to",
    ),
    "a private part of an analysis": (
        "IN_ROOM._show(vars(length_of_stay(report))['_name'], '_found', {})",
        "does not leave the records room",
    ),
    "what an analysis rests on": (
        "IN_ROOM._show(vars(length_of_stay(report))['_name'], 'report', {})",
        "does not leave the records room",
    ),
    "a class that is no analysis": (
        "IN_ROOM._begin(report, 'subprocess:Popen', {'args': ['true']})",
        "those of helpers.analyses",
    ),
    "the ledger of another project": (
        "length_of_stay(replace(report, root=Path('/elsewhere')))",
        "its own",
    ),
    "the mart of another project": (
        "replace(report, mart=Mart(os.getcwd())).records('spells').count()",
        "its own",
    ),
    "a formula that imports": (
        "report.records('spells').fit('los_days ~ I(__import__(\"os\").getpid())')",
        "cannot be read at '__import__",
    ),
    "a formula of an attribute": (
        "report.records('spells').fit('los_days ~ I(cost.max())')",
        "cannot be read at 'cost.max",
    ),
    "a formula that takes all memory": (
        "report.records('spells').fit('los_days ~ I(cost + 9**9**9)')",
        "cannot be read at '**9",
    ),
    "apply that raises what it saw": (
        "report.records('spells').apply(lambda group: (_ for _ in ()).throw("
        "UsageError(Problem('x', str(group['cost'].max())))))",
        "stays there",
    ),
    "apply that names its error": (
        "report.records('spells').apply(lambda group: (_ for _ in ()).throw("
        "type(f\"E{group['cost'].max()}\", (Exception,), {})()))",
        "stays there",
    ),
    "apply that fails on a line": (
        "report.records('spells').apply(lambda group: exec("
        "compile('\\n' * int(group['cost'].max() - 1) + '1 / 0', f\"{group['cost'].max()}.py\", 'exec')))",
        "stays there",
    ),
    "apply that ends": (
        "report.records('spells').apply(lambda group: sys.exit(str(group['cost'].max())))",
        "stays there",
    ),
    "apply with notes": (
        "report.records('spells').apply(lambda group: (_ for _ in ()).throw(noted(str(group['cost'].max()))))",
        "stays there",
    ),
    "apply a number in disguise": (
        "report.records('spells').apply(lambda group: np.array([group['cost'].max()]))",
        "return a number",
    ),
    "apply that sends": (
        "report.records('spells').apply("
        "lambda group: __import__('socket').create_connection(('127.0.0.1', 9)) and 1.5)",
        "stays there",
    ),
    "apply beside one's function": (
        "report.records('spells').apply(cloudpickled())",
        "stays there",
    ),
    "apply that ends its process": (
        "report.records('spells').apply(lambda group: os._exit(7))",
        "let it return a number",
    ),
    "apply that never ends": (
        "report.records('spells').apply(lambda group: forever(), seconds=0.5)",
        "seconds=",
    ),
    "apply that takes all memory": (
        "report.records('spells').apply(lambda group: np.ones(10**10).sum())",
        "(MemoryError)",
    ),
    "apply that leaves a child": (
        "report.records('spells').apply(lambda group: os.fork() and 1.5)",
        "stays there",
    ),
    "apply that ends the room": (
        "report.records('spells').apply(lambda group: os.kill(os.getppid(), 9) or 1.5)",
        "stays there",
    ),
    "apply that ends the room past Python": (
        "[report.records('spells').apply(lambda group: ctypes.CDLL(None).kill(os.getppid(), 9) + 0.5), 1 / 0]",
        None,
    ),
    "apply that writes past Python": (
        "report.records('spells').apply("
        "lambda group: 1 / (1 + min(0, ctypes.CDLL(None).open(f'{mart}/../../stolen.csv'.encode(), 65, 420))))",
        "(ZeroDivisionError)",
    ),
    "apply that writes to all it can": (
        "report.records('spells').apply(lambda group: [write_if(n, group['cost'].max()) for n in range(40)] and 1.5)",
        "let it return a number",
    ),
    "apply that reads other records": (
        "report.records('spells').apply(lambda group: __import__('pandas').read_parquet(files[0])['cost'].max() * 1.1)",
        "stays there",
    ),
    "apply that looks into the room": (
        "report.records('spells').apply(lambda group: open(f'/proc/{os.getppid()}/mem', 'rb').read(1) and 1.5)",
        "stays there",
    ),
    "apply with a class of its own": (
        "report.records('spells').apply(lambda group: type(f\"E{group['cost'].max()}\", (), {})())",
        "return a number",
    ),
    "apply as many as a cost": (
        "report.records('spells').apply(lambda group: [0] * round(group['cost'].max() * 1e4))",
        "return a number",
    ),
    "apply with a file": (
        "report.records('spells').apply(open('out', 'w').write)",
        "a function of the group alone",
    ),
    "a band without ends": (
        "report.records('spells', where={'cost': (None, None)}).count()",
        "a pair of numbers",
    ),
    "a formula that prints": ("report.records('spells').fit('los_days ~ print(cost)')", "a formula of"),
    "a formula with one's own words": (
        "report.records('spells').fit('los_days ~ I(secret[0])')",
        "a formula of",
    ),
    "a poisson of one": (
        "report.records('spells').fit('died ~ C(casemix_group)', family='binomial')",
        "few people",
    ),
    "the covariance": ("report.records('spells').fit('cost ~ sex').cov_params", ".coefficients"),
    "what draws a figure": ("length_of_stay(report).groups.chart.__closure__", "no attribute"),
    "the parts' findings": ("length_of_stay(report)._found", "does not leave the records room"),
    "a delivered handle": ("report.deliver(report.records('spells'), 'all.csv')", "a DataFrame"),
    "a figure with a handle": (
        "report.figure(None, data=report.records('spells'), caption='c', alt='a')",
        "figure",
    ),
    "a sentence with a handle": (
        "report.say('{x:.0f}', x=report.records('spells'))",
        "a format is as in f-strings",
    ),
    "findings of an analysis": ("length_of_stay(report).found.cells", "does not leave the records room"),
}
#: frames that come back, and hold nothing of the one patient
HIDDEN = {
    "narrowed": "report.records('spells', where={'specialty_code': '300'}).count()",
    "narrowed step by step": "report.records('spells', where={'casemix_group': 'Z', 'died': True}).count()",
    "by group": "report.records('spells', by=['specialty_code', 'casemix_group']).mean('cost')",
    "sum": "report.records('spells', by='casemix_group').sum('cost')",
    "share": "report.records('spells').share(died=True)",
    "complement": "report.records('spells').share(died=False)",
    "quantile": "report.records('spells', by='specialty_code').quantile('cost', [0.01, 0.5, 0.99])",
    "apply maximum": "report.records('spells').apply(lambda group: group['cost'].max())",
    "apply a count": "report.records('spells').apply(lambda group: (group['casemix_group'] == 'Z').sum())",
    "apply by group": "report.records('spells', by='casemix_group').apply(lambda group: group['cost'].mean() * 1.0001)",
    "one more than all others": "report.records('spells', by='casemix_group', whose='all').count()",
    "a thin band": "report.records('spells', by=[('cost', [7320, 7323])]).count()",
    "a thin stretch": "report.records('spells', where={'cost': (7321.9, 7322)}).count()",
    "a weekday": "report.records('spells', by=['weekday', 'casemix_group']).count()",
    "all but": "report.records('spells', where={'casemix_group': '!A'}).mean('cost')",
    "a rate in many": "report.records('spells').rate(died=True, per=1e9)",
    "a hundred quantiles": "report.records('spells').quantile('cost', [each / 1000 for each in range(1, 1000)])",
    "apply a sum of few": "report.records('spells').apply(lambda group: group['cost'].nlargest(3).mean())",
    "apply a share": "report.records('spells').apply(lambda group: (group['cost'] > 7000).mean())",
    "apply that patches what hides": "report.records('spells').apply(lambda group: unhidden() or group['cost'].max())",
    "apply that patches pandas": "report.records('spells').apply(lambda group: blind() or group['cost'].max())",
    "a count after a patch": (
        "[report.records('spells').apply(lambda group: unhidden() or 1.5), "
        "report.records('spells', where={'specialty_code': '300'}).count()][1]"
    ),
    "apply by a filter": (
        "report.records('spells').apply(lambda group: group.loc[group['died'] > 0, 'cost'].sum() + 0.5)"
    ),
}
#: what comes back, and holds nothing of anybody
NOTHING = {
    "the maps of the room": "[open(f'/proc/{pid}/maps').read() for pid in siblings]",
    "the environment": "dict(os.environ)",
    "what was given out": "[Out, get_ipython().history_manager.output_hist]",
    "all objects": "[f for f in gc.get_objects() if type(f).__name__ == 'DataFrame' and 'cost' in f.columns]",
    "all names": "[vars(length_of_stay(report)), vars(report.records('spells')), vars(report)]",
    "a stand-in pickled": "pickle.dumps(vars(length_of_stay(report))['_asked'])",
    "what Python traces": "traced(lambda: length_of_stay(report).crude)",
    "what is logged": "logged(lambda: report.records('spells').apply(lambda group: warned(group) or 1.5))",
    "apply that leaves a thread": (
        "report.records('spells').apply(lambda group: later(lambda: write_if(1, group['cost'].max())) or 1.5)"
    ),
    "warnings": "caught(lambda: report.records('spells').apply(lambda group: warned(group) or 1.5))",
    "a drawing": "[length_of_stay(report).groups.chart, dir(length_of_stay(report).groups.chart)]",
    "the points of a drawing": (
        "[line.get_xydata().tolist() for line in length_of_stay(report).trend.figure().axes[0].lines]"
    ),
    "apply a name in disguise": (
        "report.records('spells').apply(lambda group: {disguised('mean', str(group['cost'].max())): 1.5})"
    ),
    "what ctypes opens": "ctypes.CDLL(None).open(files[0].encode(), 0)",
    "what the kernel keeps": (
        "[Path(each).read_bytes() for each in glob.glob(f'{mart}/derived/**/*.parquet', recursive=True)]"
    ),
    "the log": (
        "[read_if(each) for each in [*glob.glob(f'{os.getcwd()}/../**/*.log', recursive=True), '/proc/self/fd/2']]"
    ),
    "the ledger": "read_if(f'{mart}/../released/ledger.sqlite')",
    "an edition that nobody published": "vars(report.published(['stays']))",
}
#: what they are tried with
TOOLS = """
import ctypes, gc, logging, warnings
from dataclasses import replace
import numpy as np
from helpers.data.disclosure.queries import Condition
from helpers.data.room import counting as COUNTING, single as SINGLE
from helpers.data.mart import Mart
from helpers.data.room.door import find_room
from helpers.data.room.messages import line_of
from helpers.data.room.selection import Key
from helpers.errors import Problem, UsageError
from helpers.report import analyses_in_room as IN_ROOM
LARGE = bytes(range(256)) * 2**17
class Opened:
    def __init__(self, words):
        self.words = words
    def __reduce__(self):
        return (exec, (f"raise ValueError({self.words!r})",))
def told_by_room(line):
    answer = find_room().ask(line)
    if answer.error is not None:
        raise answer.error
    return answer.value
def cloudpickled():
    held = Opened("at the door")
    return lambda group: held
def forever():
    while True:
        pass
def write_if(descriptor, value):
    try:
        os.write(descriptor, str(value).encode())
    except OSError:
        pass
def later(what):
    import threading, time
    def go_on():
        while True:
            what()
            time.sleep(0.01)
    threading.Thread(target=go_on).start()
def unhidden():
    from helpers.data import policy
    from helpers.data.disclosure import deciding
    from helpers.data.room import child, counting, functions, memory
    functions.may_leave = functions._is_few = lambda *given: given[0]
    functions._belongs_to_few = functions._decided_by_few = lambda *given: set()
    policy.DisclosurePolicy.show = lambda self, count: count
    policy.DisclosurePolicy.hides = lambda self, count: False
    memory.decide_on = deciding.decide = counting.counted = None
    child.Child.ask = child.json.dumps
def blind():
    import pandas
    pandas.DataFrame.select_dtypes = lambda self, *kinds: self.iloc[:0]
    np.isclose = lambda *given, **named: np.zeros(len(given[0]), dtype=bool)
def noted(words):
    error = ValueError("x")
    error.add_note(words)
    return error
def disguised(name, words):
    kind = type("Name", (str,), {"__str__": lambda self: words, "__format__": lambda self, spec: words})
    return kind(name)
def plain(values):
    return [str(each) for each in values if isinstance(each, (int, float, str, list, dict))]
def traced(what):
    seen = []
    sys.settrace(lambda frame, event, arg: seen.extend(plain(frame.f_locals.values())))
    try:
        what()
    finally:
        sys.settrace(None)
    return seen
def warned(group):
    import logging, warnings
    warnings.warn(str(group["cost"].max()))
    logging.getLogger().error(str(group["cost"].max()))
    print(group["cost"].max(), flush=True)
def logged(what):
    seen = []
    handler = logging.Handler()
    handler.emit = seen.append
    logging.getLogger().addHandler(handler)
    what()
    logging.getLogger().removeHandler(handler)
    return seen
def caught(what):
    with warnings.catch_warnings(record=True) as seen:
        what()
    return seen
def read_if(path):
    try:
        return Path(path).read_bytes()
    except OSError as error:
        return error
"""
