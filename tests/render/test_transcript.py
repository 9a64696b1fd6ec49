import re

from hypothesis import given, settings

from git_ctx.render import transcript
from git_ctx.render.transcript import plain, quote
from git_ctx.story import Story
from tests.render.stories import EMPTY, SMALL, stories


def told(story: Story) -> str:
    return "".join(transcript.render(story))


def test_a_small_transcript() -> None:
    assert told(SMALL) == GOLDEN


def test_nothing_was_asked() -> None:
    assert told(EMPTY) == (
        "# Session `demo`\n\n- Project: https://example.com/shop.git\n- Begun: 2026-01-02 03:04 +0000\n"
    )


@given(stories)
@settings(max_examples=25)
def test_every_heading_is_one_of_ours(story: Story) -> None:
    """Outside of fences no line begins as nobody but us lets one begin."""
    mark = ""
    for line in told(story).split("\n"):
        fence = re.match("`{3,}", line)
        if mark:
            mark = "" if line == mark else mark
        elif fence:
            mark = fence[0]
        else:
            assert re.match(
                r"$|> ?|- |\| |\|---|# Session |## #|### Re|Changed |It cannot|Withheld: |Named only: |"
                r"And |The exact text:|In `|(Full|Update|Request) context: |Given: ",
                line,
            ), line
    assert not mark


def test_tags_and_images_are_text_but_for_code() -> None:
    assert quote("a <b> ![x](y) 1 < 2\n```\n<b>\n```\n<!-- x\n") == (
        "> a \\<b> !\\[x](y) 1 < 2\n> ```\n> <b>\n> ```\n> \\<!-- x\n"
    )
    assert plain("a_b _c_ *d* [e](f) `g` <h> #1 |\u202e") == (
        "a_b \\_c\\_ \\*d\\* \\[e\\](f) \\`g\\` \\<h\\> \\#1 \\|\\\\u202e"
    )


GOLDEN = """\
# Session `demo`

- Project: https://example.com/shop.git
- Begun: 2026-01-02 03:04 +0000
- Branch `alt`: active, 1 prompt, from `main`
- Branch `main`: active, 2 prompts
- Pinned: `src/*.py`
- Guidance, high: Keep \\`names\\`.
- Not told: 3 earlier prompts and saves

## #1 · prompt · 2026-01-02 03:04 +0000 · Ada Lovelace · main, alt

> fix the login
>
> - \\<b>now\\</b>

Withheld: `.env`, env-file

Full context: 120 of 200 tokens

| file | shown as | tokens | why |
|---|---|---:|---|
| `login.py` | whole | 90 | terms: login; path: login |

Named only: `notes.py`

### Reply · #2 · 2026-01-02 03:04 +0000 · Ada Lovelace

> See `login.py`.

- diff

### Request · #3 · 2026-01-02 03:04 +0000 · Ada Lovelace

- file `a.py:1-9`

Given: 20 of 8,000 tokens

The exact text:

```text
# file
```

## #4 · save · 2026-01-02 03:04 +0000 · Ada Lovelace · alt

Changed since #1:

- modified `login.py` (+1 −1)
- renamed `old.png` → `new.png` (+0 −0)
- and 2 files more

In `login.py`:

```diff
@@ -1 +1 @@
-a
+<b>
```

## #5 · prompt · main

It cannot be read: \\#5: its prompt is missing
"""
