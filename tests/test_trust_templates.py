"""Templates that somebody else wrote: no way out of the sandbox, no loop without end, no page that fills the memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from castkit import templating
from castkit.errors import CastkitError

VALUES = {"title": "A <talk>", "cues": [{"text": "one"}, {"text": "two"}], "said": "Hello {name}", "none": None}

OUT_OF_THE_SANDBOX = {
    "a class": "{{ ''.__class__ }}",
    "a class by a filter": "{{ ''|attr('__class__') }}",
    "a class by an item": "{{ ''['__class__'] }}",
    "bases": "{{ ().__class__.__bases__[0].__subclasses__() }}",
    "a format": "{{ '{0.__class__.__mro__}'.format(title) }}",
    "a format map": "{{ '{a.__class__}'.format_map({'a': title}) }}",
    "globals of a function": "{{ range.__globals__ }}",
    "globals of a macro": "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "the environment": "{{ self.__init__.__globals__ }}",
    "a cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "a code object": "{% macro m() %}{% endmacro %}{{ m.__call__.__code__ }}",
    "an undefined": "{{ nothing.__class__ }}",
    "an import": "{{ __import__('os') }}",
    "another file": "{% include '/etc/passwd' %}",
    "a file above": "{% include '../secret.txt' %}",
    "a changed list": "{{ cues.append(1) }}",
    "a changed table": "{{ cues[0].update({'text': 1}) }}",
    "a filter of ours": "{{ ([title]|map('attr', '__class__')|first).__name__ }}",
}
WITHOUT_END = {
    "a range": "{% for a in range(10**9) %}a{% endfor %}",
    "loops in loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "loops over texts": "{% for a in 'x' * 9999 %}{% for b in 'x' * 9999 %}{% endfor %}{% endfor %}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a macro that doubles": "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "itself": "{% include 'page.j2' %}",
    "itself twice": "{% include 'page.j2' %}{% include 'page.j2' %}",
    "a recursive loop": "{% for a in cues recursive %}{{ loop(cues) }}{% endfor %}",
    "a block in itself": "{% block a %}{{ self.a() }}{% endblock %}",
    "words": "{{ lipsum(10**9) }}",
    "slices": "{{ cues|slice(10**9)|list }}",
    "batches": "{{ cues|batch(10**9, 'x')|list }}",
}
TOO_LARGE = {
    "a text times": "{{ 'a' * 10**10 }}",
    "a text times, the other way": "{{ 10**10 * 'a' }}",
    "a list times": "{{ ([1] * 10**10)|length }}",
    "a power": "{{ 10 ** (10 ** 9) }}",
    "a power of powers": "{% set ns = namespace(x=9) %}{% for a in [1] * 99 %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "doubling by ~": "{% set ns = namespace(x='ab') %}{% for a in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "doubling by +": "{% set ns = namespace(x='ab') %}{% for a in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "doubling by a join": (
        "{% set ns = namespace(x='ab') %}{% for a in range(60) %}{% set ns.x = [ns.x, ns.x]|join %}{% endfor %}"
    ),
    "doubling by replacing": (
        "{% set ns = namespace(x='ab') %}{% for a in range(60) %}{% set ns.x = ns.x|replace('a', ns.x) %}{% endfor %}"
    ),
    "doubling by a block": (
        "{% set ns = namespace(x='abcd' * 999) %}{% for a in range(60) %}"
        "{% set x %}{{ ns.x }}{{ ns.x }}{% endset %}{% set ns.x = x %}{% endfor %}"
    ),
    "a wide format": "{{ '{:>9999999999}'.format(1) }}",
    "a format as wide as a value": "{{ '{:>{}}'.format(1, 9999999999) }}",
    "a printf": "{{ '%9999999999d' % 1 }}",
    "a printf by a filter": "{{ '%9999999999d'|format(1) }}",
    "a printf as wide as a value": "{{ '%*d'|format(9999999999, 1) }}",
    "a centred text": "{{ 'a'|center(10**10) }}",
    "a padded text": "{{ 'a'.ljust(10**10) }}",
    "zeros": "{{ 'a'.zfill(10**10) }}",
    "tabs": "{{ '\t\t'.expandtabs(10**9) }}",
    "an indent": "{{ title|indent(10**10) }}",
    "much text in a loop": "{% for a in range(99999) %}" + "long " * 2_000 + "{% endfor %}",
}


def _render(text: str, tmp_path: Path) -> str:
    folder = tmp_path / "templates"
    folder.mkdir(exist_ok=True)
    (tmp_path / "secret.txt").write_text("secret words")
    (folder / "page.j2").write_text(text, "utf-8")
    sources = {"page.j2": templating.Source(folder / "page.j2", text)}
    return templating.render(sources, "page.j2", VALUES)


@pytest.mark.parametrize("text", OUT_OF_THE_SANDBOX.values(), ids=OUT_OF_THE_SANDBOX)
def test_there_is_no_way_out_of_the_sandbox(tmp_path: Path, text: str) -> None:
    with pytest.raises(CastkitError) as caught:
        _render(text, tmp_path)
    assert "page.j2" in caught.value.message
    assert "secret words" not in caught.value.message


@pytest.mark.parametrize("text", WITHOUT_END.values(), ids=WITHOUT_END)
def test_a_template_ends(tmp_path: Path, text: str) -> None:
    with pytest.raises(CastkitError, match=r"page\.j2"):
        _render(text, tmp_path)


@pytest.mark.parametrize("text", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_template_fills_no_memory(tmp_path: Path, text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(CastkitError, match=r"page\.j2"):
            _render(text, tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**28


@pytest.mark.parametrize("said", ["read on: {name}", "a * {name}", "12345 and {name:>4}", "{name}: {name}"])
def test_a_sentence_with_a_name_is_no_width(tmp_path: Path, said: str) -> None:
    assert "Li" in _render("{{ '" + said + "'.format(name='Li') }}{{ '%s: %5d'|format('Li', 1) }}", tmp_path)


def test_what_a_page_needs_is_allowed(tmp_path: Path) -> None:
    text = (
        "{% macro li(text) %}<li>{{ text }}</li>{% endmacro %}{% for one in cues %}{{ loop.index }}{{ li(one.text) }}"
        "{% endfor %}{{ title ~ '!' }} {{ ['a', 'b']|join(', ') }} {{ said.format(name=title) }} {{ '-' * 3 }} "
        "{{ title|replace('A', 'The') }} {{ 'a\nb'|indent(2) }} {{ '%.1f'|format(1.25) }} {{ 2 ** 8 + 1 }} "
        "{{ [title, '<b>'|safe]|join }} {{ '<b>'|safe ~ title }}"
    )
    assert _render(text, tmp_path) == (
        "1<li>one</li>2<li>two</li>A &lt;talk&gt;! a, b Hello A &lt;talk&gt; --- The &lt;talk&gt; a\n  b 1.2 257 "
        "A &lt;talk&gt;<b> <b>A &lt;talk&gt;"
    )


def test_a_page_of_ten_hours_of_words_is_within_the_bounds(tmp_path: Path) -> None:
    text = "{% for one in range(99999) %}<span>{{ title }}</span>{% endfor %}"
    assert _render(text, tmp_path).count("<span>") == 99_999
