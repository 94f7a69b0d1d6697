"""How the page looks; the charts' own part of it is svg.py's."""

import svg

STYLE = f"""
* {{ box-sizing: border-box; }}
html {{ color-scheme: light dark; background: var(--page); }}
body {{ margin: 0 auto; padding: 40px 20px 80px; max-width: 1080px; color: var(--ink);
  font: 16px/1.55 {svg.FONT}; -webkit-text-size-adjust: 100%; }}
h1 {{ font-size: 34px; line-height: 1.15; letter-spacing: -.02em; margin: 0 0 8px; font-weight: 650; }}
h2 {{ font-size: 21px; letter-spacing: -.01em; margin: 52px 0 6px; font-weight: 650; }}
h3 {{ font-size: 15px; margin: 0 0 10px; font-weight: 600; }}
p {{ max-width: 68ch; margin: 6px 0 14px; }}
.soft {{ color: var(--soft); }}
.soft, small {{ font-size: 14px; }}
.tiles {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 14px; margin: 28px 0 0; }}
.tile, figure {{ background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }}
.tile {{ padding: 16px 18px; }}
.tile b {{ display: block; font-size: 28px; letter-spacing: -.02em; font-weight: 650; color: var(--xylem); line-height: 1.2; }}
.tile span {{ font-size: 14px; color: var(--soft); line-height: 1.35; display: block; }}
.charts {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 14px; }}
figure {{ margin: 0; padding: 18px 18px 14px; min-width: 0; }}
figure svg {{ display: block; width: 100%; height: auto; }}
.span {{ grid-column: 1 / -1; }}
.narrow {{ display: none !important; }}
details {{ margin: 10px 0 0; }}
summary {{ cursor: pointer; font-size: 14px; color: var(--soft); }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; width: 100%; margin: 8px 0; }}
th, td {{ text-align: right; padding: 6px 10px; border-bottom: 1px solid var(--rule); white-space: nowrap; }}
th {{ color: var(--soft); font-weight: 500; }}
th:first-child, td:first-child {{ text-align: left; padding-left: 0; }}
.goal {{ padding: 14px 18px; border-bottom: 1px solid var(--rule); display: grid;
  grid-template-columns: 26px minmax(0, 5fr) minmax(0, 6fr) 112px; gap: 4px 14px; }}
.goal:last-child {{ border-bottom: 0; }}
.goals {{ background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }}
.goal .why {{ grid-column: 2 / -1; margin: 0; color: var(--soft); }}
.goal .number {{ color: var(--soft); }}
.checks {{ font-size: 14px; font-variant-numeric: tabular-nums; }}
.checks div {{ display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 10px; }}
.checks b {{ font-weight: 600; }}
.met {{ color: var(--good); }}
.missed {{ color: var(--bad); }}
.status {{ font-size: 14px; font-weight: 600; text-align: right; }}
.rest {{ color: var(--soft); font-weight: 400; }}
.trouble {{ list-style: none; border-left: 3px solid var(--bad); padding-left: 14px; }}
@media (max-width: 700px) {{
  body {{ padding: 24px 14px 60px; }}
  h1 {{ font-size: 27px; }}
  .wide {{ display: none !important; }}
  .span {{ grid-column: 1 / -1; }}
.narrow {{ display: block !important; }}
  .tiles {{ grid-template-columns: 1fr 1fr; gap: 10px; }}
  .tile {{ padding: 12px 14px; }}
  .tile b {{ font-size: 22px; }}
  figure {{ padding: 14px 10px 12px; }}
  th, td {{ padding: 6px; font-size: 13px; }}
  .goal {{ grid-template-columns: 20px minmax(0, 1fr) auto; padding: 12px; }}
  .checks {{ grid-column: 2 / 4; grid-row: 2; }}
}}
"""
