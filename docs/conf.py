"""How Sphinx builds the documentation: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from made_pages import page  # noqa: E402

from castkit import __version__  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "castkit"
author = "the castkit authors"
copyright = author  # noqa: A001 - Sphinx's own name for it
release = version = __version__
language = "en"

extensions = ["myst_parser"]
myst_heading_anchors = 4
exclude_patterns = ["_build"]
nitpicky = True
smartquotes = False  # two hyphens are an option's

html_theme = "furo"
html_title = f"castkit {__version__}"
html_static_path = ["_static"]
html_css_files = ["house.css"]
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None  # the same text gives the same pages
# The colour of the road's arrows, darker on white and lighter on black.
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"color-brand-primary": "#23567d", "color-brand-content": "#23567d"},
    "dark_css_variables": {"color-brand-primary": "#8fc1e6", "color-brand-content": "#8fc1e6"},
}


def setup(app: Sphinx) -> None:
    """Puts in what is made or quoted, as each page is read."""
    app.connect("source-read", lambda _, name, source: source.__setitem__(0, page(DOCS / f"{name}.md", source[0])))
