"""The frame of a stand-in's HTML pages: their notice and their style."""

from html import escape


def page(title: str, body: str, *, notice: str, wide: bool = False, style: str = "") -> str:
    """Return a complete page. `notice` is HTML that says on top that this is a stand-in."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · stand-in</title><style>{STYLE}{style}</style></head><body>"
        f'<p class="notice">{notice}</p><main{" class=wide" * wide}>{body}</main></body></html>'
    )


def refused(reason: str, *, notice: str, control_page: str) -> str:
    """Return the page that answers a refused form: it shows the reason, and a link back to the control page.

    On the control page people change the stand-in (control.py). `control_page` is its address.
    """
    return page(
        "Not done",
        f"<h1>That did not work</h1><p>{escape(reason[:1].upper() + reason[1:])}</p>"
        f'<p><a href="{control_page}">Back to the control page</a></p>',
        notice=notice,
    )


STYLE = """
:root { color-scheme: light dark; --ground: #f3f5f7; --card: #fff; --ink: #1a2330; --soft: #5b6775; --line: #d9dfe6;
  --strong: #17607a; --on-strong: #fff; --notice: #fff3cd; --on-notice: #4d3b00; --bad: #a3262a; }
@media (prefers-color-scheme: dark) { :root { --ground: #10151b; --card: #1a222c; --ink: #e8edf2; --soft: #9aa7b5;
  --line: #303b48; --strong: #6cc3df; --on-strong: #08222c; --notice: #3d3312; --on-notice: #f6e3a1; --bad: #ff9a9d; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: var(--ground); color: var(--ink); }
.notice { margin: 0; padding: .6rem 1rem; background: var(--notice); color: var(--on-notice); text-align: center; }
main { max-width: 34rem; margin: 1.5rem auto; padding: 1.25rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; }
main.wide { max-width: 72rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 1rem; text-wrap: balance; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; color: var(--soft); }
q { quotes: "“" "”"; }
.choice { display: flex; gap: .75rem; align-items: baseline; padding: .55rem .75rem; border: 1px solid var(--line);
  border-radius: .6rem; margin-bottom: .4rem; cursor: pointer; }
.choice:has(:checked) { border-color: var(--strong); }
.choice small { display: block; color: var(--soft); }
.choice i { font-style: normal; font-size: .8rem; color: var(--strong); }
section { border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
a { color: var(--strong); }
textarea { font: .85rem/1.4 ui-monospace, monospace; width: 100%; padding: .5rem; border: 1px solid var(--line);
  border-radius: .5rem; color: inherit; background: var(--ground); }
button:disabled { opacity: .5; cursor: not-allowed; }
.line { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .4rem 0; }
.row { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: center; padding: .4rem 0;
  overflow-wrap: anywhere; }
.row > span { flex: 1 1 16rem; }
.small { display: inline-flex; gap: .4rem; align-items: center; font-size: .85rem; color: var(--soft); }
select, input:not([type=checkbox], [type=radio], [type=hidden]) { font: inherit; max-width: 100%; min-height: 2.75rem;
  padding: .3rem .5rem; border: 1px solid var(--line); border-radius: .5rem; color: inherit;
  background: var(--ground); }
.fields { display: grid; gap: .6rem 1rem; width: 100%;
  grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
.fields label { display: grid; gap: .15rem; align-content: end; }
.fields label :is(input, select) { width: 100%; color: var(--ink); }
.stacked { display: grid; gap: .15rem; margin-bottom: .8rem; }
summary { cursor: pointer; padding: .4rem 0; }
main.wide h1 { margin-top: 2rem; }
main.wide button.main { flex: none; }
input { accent-color: var(--strong); }
code { font-size: .8rem; color: var(--soft); }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.5rem 0 0; }
button { font: inherit; padding: .6rem 1.2rem; min-height: 2.75rem; border: 1px solid var(--line); border-radius: .6rem;
  background: transparent; color: inherit; cursor: pointer; }
button.main { flex: 1; background: var(--strong); color: var(--on-strong); border-color: var(--strong);
  font-weight: 600; }
button:focus-visible, input:focus-visible, select:focus-visible, a:focus-visible {
  outline: 3px solid var(--strong); outline-offset: 2px; }
"""
