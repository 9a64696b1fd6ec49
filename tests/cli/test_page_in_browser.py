"""The page in a real browser: skipped, and counted, where no Chromium is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from git_ctx.render import html
from git_ctx.story import Story
from tests import browser as browsers
from tests import support
from tests.browser import Browser
from tests.cli.conftest import Ctx
from tests.render.stories import SMALL

pytestmark = pytest.mark.skipif(browsers.COMMAND is None, reason="no chromium is installed")

SLY = (
    "</script></style></pre><script>window.got = 1</script><img src=x onerror='window.got = 2'>"
    '<a href="javascript:window.got=3" id=sly>x</a> [x](javascript:window.got=4)'
    " ![](http://127.0.0.1:9/x.png)"
    "<iframe src='http://127.0.0.1:9/'></iframe><style>body{display:none}</style>"
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'><base href=http://127.0.0.1:9/>"
    " \u202eevil\u2066"
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsers.browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """One page after another; each is quiet and loads nothing but itself."""
    chromium.said.clear()
    chromium.asked.clear()
    chromium.size(1200, 800)
    chromium.look()
    yield chromium
    assert chromium.said == []
    assert {url.partition("#")[0].rpartition("/")[2] for url in chromium.asked} == {"page.html"}


def write(folder: Path, story: Story) -> Path:
    page = folder / "page.html"
    page.write_text("".join(html.render(story)))
    return page


SHOWN = "[...document.querySelectorAll('%s')].filter((one) => !one.hidden)"
SEEN = SHOWN % "main > article" + ".map((one) => one.id[0]).join('')"


def test_the_filter_shows_what_has_all_the_words(browser: Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, SMALL))
    assert browser.evaluate(SEEN) == "lop"
    browser.key("/")
    for key in "LOGIN old":
        browser.key(key)
    browser.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert browser.evaluate(SEEN) == "o"
    assert browser.evaluate("document.getElementById('found').value") == "1 of 3"
    assert browser.evaluate(SHOWN % "nav li" + ".length") == 2
    browser.key("Escape")
    assert browser.evaluate(SEEN) == "lop"


def test_j_and_k_go_from_prompt_to_prompt(browser: Browser, tmp_path: Path) -> None:
    browser.size(1200, 300)
    browser.open(write(tmp_path, SMALL))
    places = []
    for key in "jjkk":
        browser.key(key)
        places.append(browser.evaluate("document.activeElement.id[0]"))
    assert places == ["l", "o", "l", "l"]


def test_a_hostile_session_is_text(browser: Browser, ctx: Ctx, repo: Path, tmp_path: Path) -> None:
    support.commit(repo, {f"{SLY[:40].replace('/', '-')}.py": SLY, "app.py": SLY})
    ctx("start", "demo")
    ctx("prompt", SLY)
    ctx("reply", "-", stdin=f"{SLY}\n```html\n{SLY}\n```\n".encode())
    support.write(repo, {"app.py": f"{SLY}\n{SLY}\n"})
    ctx("save", "-m", SLY)
    ctx("guide", SLY)
    page = tmp_path / "page.html"
    assert ctx("export", "-o", str(page)).status == 0
    browser.open(page)
    browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert browser.evaluate("window.got") is None
    assert browser.evaluate("document.querySelectorAll('img, iframe, base, script, style, #sly').length") == 2
    links = browser.evaluate("[...document.querySelectorAll('a')].map((one) => one.getAttribute('href'))")
    assert links and all(link.startswith("#") for link in links)
    said = browser.evaluate("document.querySelector('main article .said').textContent")
    assert said == SLY.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066")


def test_it_can_be_read_without_its_script(browser: Browser, tmp_path: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(write(tmp_path, SMALL), f"#{SMALL.moments[1].event.id}")
        nodes = browser.call("DOM.getDocument", depth=-1)
        assert "fix the login" in str(nodes)
        browser.screenshot(tmp_path / "page.png")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert (tmp_path / "page.png").stat().st_size > 10_000
    assert browser.evaluate("document.querySelector('nav form').hidden")


@pytest.mark.parametrize("width", [320, 400, 800, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_over_the_edge_and_all_can_be_told_from_its_ground(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    browser.size(width, 900)
    browser.look(scheme)
    browser.open(write(tmp_path, SMALL))
    browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert browser.evaluate("document.documentElement.scrollWidth") == width
    assert browser.evaluate(CONTRAST) >= 4.5


# The least contrast, as WCAG counts it, of any text with the ground that it stands on.
CONTRAST = """(() => {
  const light = (colour) => {
    const part = (value) => value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (one) => {
    const colour = one ? getComputedStyle(one).backgroundColor : "rgb(255, 255, 255)";
    return colour === "rgba(0, 0, 0, 0)" ? ground(one.parentElement) : colour;
  };
  let least = 21;
  for (const one of document.querySelectorAll("body *:not(script)")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !one.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return least;
})()"""


def test_printed_it_has_the_words_and_not_the_index(browser: Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, SMALL))
    browser.look(media="print")
    assert browser.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert browser.evaluate("document.querySelector('main .said').checkVisibility()")
