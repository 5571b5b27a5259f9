"""The frame of a web page that is complete in itself: it fetches nothing, and opens from a folder."""

from html import escape

from cchc_rules.base.texts import Language

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
blockquote { border-left: .2rem solid #777; margin-left: 0; padding-left: 1rem; }
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
