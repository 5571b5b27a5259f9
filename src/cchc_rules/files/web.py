"""The frame of a web page that is complete in itself: it fetches nothing, and opens from a folder."""

from html import escape

from cchc_rules.base.texts import Language

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 "Segoe UI", system-ui, "Noto Sans", sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; }
blockquote { border-left: .2rem solid #777; margin-left: 0; padding-left: 1rem; }
@page { size: A4; margin: 15mm; }
@media print {
  :root { color-scheme: light; print-color-adjust: exact; }
  body { font-size: 10pt; max-width: none; padding: 0; }
  h1, h2, h3, blockquote { break-after: avoid; }
  li, tr, blockquote { break-inside: avoid; }
}
"""


def web_page(title: str, body: str, language: Language, style: str = "") -> str:
    """Return the page with its heading; ``body`` is HTML, ``style`` is what the page adds to the common look."""
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}{style}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
{body}
</main>
</body>
</html>
"""
