"""Notebooks as analysts write them, each with habits of its own, and the files that lie beside them.

Our own words and figures. The habits of the first seven are those seen in public repositories of health analysts:
warnings off and a look at everything; a return with lines above its head and commas in its numbers; files gathered
by their names; a small SQLite database; code beside the project reached by `sys.path`, with autoreload; settings of
the inline backend and HTML for the page; styled tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

NOTEBOOKS: Final[dict[str, tuple[str, ...]]] = {
    "a_look_at_everything": (
        "import pandas as pd\nimport numpy as np\nimport seaborn as sns\nimport matplotlib.pyplot as plt\n"
        "import warnings\nwarnings.filterwarnings('ignore')",
        "df = pd.read_csv('waits.csv')\nprint(df.shape)\nprint(df.dtypes)\ndf.head()",
        "df.isna().sum()",
        "df.info()",
        "df.describe()",
        "sns.set(rc={'figure.figsize': (6, 3)})\nsns.lineplot(x='month', y='waiting', hue='trust', data=df)",
        "df['trust'].value_counts()",
    ),
    "lines_above_the_head": (
        "import pandas as pd\nimport matplotlib.pyplot as plt",
        "by_hour = pd.read_csv('by_hour.csv', skiprows=3)\n"
        "by_hour = by_hour[by_hour['Measure'].str.contains('Number', na=False)]\n"
        "hours = [c for c in by_hour.columns if c.endswith(':00')]\n"
        "by_hour[hours] = by_hour[hours].replace(',', '', regex=True).astype(int)\nby_hour",
        "total = by_hour[hours].sum()\nprint(f'Busiest hour: {total.idxmax()} with {total.max():,} arrivals')",
        "plt.figure(figsize=(6, 3))\nplt.bar(total.index, total.values)\nplt.xticks(rotation=45)\n"
        "plt.xlabel('Hour')\nplt.ylabel('Arrivals')\nplt.title('Arrivals by hour')\nplt.show()",
    ),
    "files_by_their_names": (
        "import glob, os\nimport pandas as pd\nimport seaborn as sns\nfrom IPython.display import display, Markdown\n"
        "pd.set_option('display.max_columns', None)\nsns.set_style('darkgrid')\nDEBUG = False",
        "files = sorted(glob.glob('../data/beds_*.csv'))\nfor file in files:\n    print(os.path.basename(file))",
        "beds = pd.concat([pd.read_csv(f).assign(file=os.path.basename(f)) for f in files], ignore_index=True)\n"
        "beds.pivot_table(index='ward', columns='file', values='beds', aggfunc='sum', margins=True)",
        "display(Markdown(f'**{len(beds)}** rows of {len(files)} files'))",
        "beds.groupby('ward')['beds'].sum().plot(kind='bar', figsize=(5, 3), title='Beds')",
    ),
    "a_small_database": (
        "import sqlite3\nimport pandas as pd\nimport seaborn as sns",
        "con = sqlite3.connect('own.db')\n"
        "pd.read_csv('waits.csv').to_sql('waits', con, index=False, if_exists='replace')",
        "q = '''SELECT trust, avg(waiting) AS mean FROM waits\nGROUP BY trust ORDER BY mean DESC'''\n"
        "means = pd.read_sql_query(q, con)\nmeans",
        "g = sns.catplot(data=means, x='trust', y='mean', kind='bar', height=3)\ng.set_axis_labels('', 'Waiting')",
        "con.close()",
    ),
    "code_beside_the_project": (
        "%load_ext autoreload\n%autoreload 2\n%matplotlib inline",
        "import sys\nsys.path.append('..')\nfrom src.clean import tidy\nimport own\nown.VALUE, own.__name__",
        "import pandas as pd\nimport matplotlib.pyplot as plt\ndf = tidy(pd.read_csv('waits.csv'))\ndf.tail(3)",
        "fig, ax = plt.subplots(figsize=(5, 3))\ndf.plot(x='month', y='waiting', ax=ax, legend=False)\n"
        "ax.set_title('Waiting'); plt.tight_layout()\nplt.savefig('chart.png')",
        "from pathlib import Path\nPath('chart.png').exists(), Path.cwd().name",
        "sorted(p.name for p in Path('..').glob('d*'))",
    ),
    "settings_of_the_page": (
        "%config InlineBackend.figure_format = 'retina'\nimport matplotlib.pyplot as plt\nimport numpy as np\n"
        "plt.rcParams['figure.figsize'] = [4, 3]\nplt.rcParams.update({'font.size': 9})",
        "from IPython.display import HTML, display\n"
        "display(HTML('<style>th, td {border: 1px solid}</style>'))\nHTML('<h3>Waits</h3>')",
        "x = np.linspace(0, 6, 50)\nplt.plot(x, np.sin(x), 'r--', label='sine');\nplt.legend();",
        "%precision 2\n3.14159, 2 / 3",
        "%config InlineBackend.figure_formats = ['png']\nplt.scatter(x, np.cos(x))",
    ),
    "styled_tables": (
        "import pandas as pd\nt = pd.DataFrame({'share': [0.125, 0.75], 'n': [1200, 34]}, index=['SYN01', 'SYN02'])",
        "t.style.background_gradient(cmap='Blues', subset=['n']).format({'share': '{:.1%}', 'n': '{:,}'})",
        "t.style.bar(subset=['n'], color='#5fba7d').set_caption('Counts')",
        "def low(v):\n    return 'color: red' if v < 100 else ''\nt.style.map(low, subset='n')",
        "print(t.to_string())\nprint(t.to_markdown() if False else t.to_csv())",
    ),
    "words_and_plain_values": (
        "from IPython.display import Markdown, Latex, Math, display\nshare = 0.9213",
        "Markdown(f'## Result\\nOf all patients **{share:.1%}** were seen in time.')",
        "display(Latex(r'$\\bar{x} = 3$'), Math(r'\\sqrt{n}'))",
        "{'a': [1, 2], 'b': {'c': None}}, {1, 2}, b'x', range(3)",
        "share;",
        "print('one', end=' '); print('two')\n'last'",
        "_ + '!', Out[6] if 6 in Out else None",
        "import datetime as dt\ndt.date(2026, 3, 1), dt.timedelta(days=3)",
    ),
    "loops_and_functions": (
        "import matplotlib.pyplot as plt\nimport pandas as pd\nwaits = pd.read_csv('waits.csv')",
        "def chart(frame, name):\n    plt.figure(figsize=(4, 2))\n    plt.plot(frame['month'], frame['waiting'])\n"
        "    plt.title(name)\n    return len(frame)",
        "for name, frame in waits.groupby('trust'):\n    print(name, chart(frame, name))",
        "fig, axes = plt.subplots(1, 2, figsize=(6, 2), sharey=True)\n"
        "for ax, (name, frame) in zip(axes, waits.groupby('trust')):\n    frame.hist(column='waiting', ax=ax)\n"
        "fig.suptitle('Both')",
        "plt.close('all')\nfig",
        "total = 0\nfor i, row in waits.iterrows():\n    if row['waiting'] > 110:\n        total += 1\ntotal",
    ),
    "models": (
        "import numpy as np\nimport pandas as pd\nimport statsmodels.formula.api as smf\nfrom scipy import stats\n"
        "np.random.seed(7)",
        "d = pd.DataFrame({'x': np.arange(40.0)})\nd['y'] = 3 + 0.5 * d['x'] + np.random.normal(size=40)\n"
        "d.corr().round(3)",
        "m = smf.ols('y ~ x', data=d).fit()\nprint(m.params.round(6))\nm.summary().tables[1]",
        "res = stats.ttest_ind(d['y'][:20], d['y'][20:])\nprint(f'p = {res.pvalue:.3g}')",
        "rng = np.random.default_rng(1)\nrng.integers(0, 10, 5), hash('a') == hash('a')",
    ),
    "shell_and_magics": (
        "!echo from the shell\nnames = !ls waits*.csv\nnames",
        "%%bash\nhead -n 2 waits.csv",
        "%%capture said\nprint('kept')",
        "said.stdout",
        "%%writefile written.py\nANSWER = 42",
        "%run written.py\nANSWER",
        "import written\nwritten.ANSWER",
        "%pwd\n%who_ls str",
    ),
    "warnings_and_errors": (
        "import sys, warnings, logging\nwarnings.warn('look at this', UserWarning)",
        "try:\n    open('nowhere.csv')\nexcept FileNotFoundError as error:\n    print(error)",
        "print('to the other stream', file=sys.stderr)\nlogging.getLogger('own').warning('logged')",
        "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()",
        "class Shown:\n    def _repr_html_(self):\n        return '<b>shown</b>'\n\nShown()",
        "object()",
    ),
    "workbooks_and_dates": (
        "import pandas as pd\nimport matplotlib.pyplot as plt",
        "book = pd.ExcelFile('../data/staff.xlsx')\nbook.sheet_names",
        "staff = book.parse('Staff', index_col='month', parse_dates=['month'])\nstaff.index.freq, staff.dtypes",
        "staff.resample('QS').mean().round(2)",
        "ax = staff['wte'].rolling(2).mean().plot(figsize=(5, 2))\nax2 = ax.twinx()\n"
        "staff['agency'].plot(ax=ax2, color='k', style='--')\nax.legend(['staff']); ax2.set_ylabel('agency')",
        "staff.to_excel('out.xlsx')\npd.read_excel('out.xlsx', index_col=0).equals(staff)",
    ),
}


def write_project(root: Path) -> None:
    """Write the files that the notebooks read, and one of a machine that must not be in the way."""
    for folder in ("notebooks", "data", "src"):
        (root / folder).mkdir(parents=True)
    months = pd.period_range("2025-04", periods=12, freq="M").astype(str)
    waits = [
        {"trust": t, "month": m, "waiting": 100 + 3 * i}
        for t in ("SYN01", "SYN02")
        for i, m in enumerate(months)
    ]
    pd.DataFrame(waits).to_csv(root / "notebooks" / "waits.csv", index=False)
    texts = {
        "notebooks/by_hour.csv": (
            'A return\nPublished\n\nMeasure,08:00,09:00\nNumber of arrivals,"1,200",950\nShare,1,2\n'
        ),
        "notebooks/own.py": "VALUE = 7\n",
        "src/__init__.py": "",
        "src/clean.py": "def tidy(frame):\n    return frame[frame['trust'] == 'SYN01'].reset_index(drop=True)\n",
        "data/beds_a.csv": "ward,beds\nElm,10\nOak,12\n",
        "data/beds_b.csv": "ward,beds\nElm,11\nOak,9\n",
    }
    for name, text in texts.items():
        (root / name).write_text(text, "utf-8")
    staff = {
        "month": pd.date_range("2025-04-01", periods=6, freq="MS"),
        "wte": range(50, 56),
        "agency": range(6),
    }
    pd.DataFrame(staff).to_excel(root / "data" / "staff.xlsx", sheet_name="Staff", index=False)
