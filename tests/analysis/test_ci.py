from git_ctx.analysis import ci

WORKFLOW = """\
jobs:
  test:
    steps:
      - uses: actions/checkout@v4
      - run: pip install -e .[dev]
      - name: Test
        run: |
          set -eu
          echo hello
          pytest -n ${{ matrix.n }} \\
            --cov
          pytest -n ${{ matrix.n }} \\
      - run: echo "x" >> $GITHUB_OUTPUT
"""


def test_the_commands_that_build_and_test_are_told_once() -> None:
    assert ci.commands(WORKFLOW) == ("pip install -e .[dev]", "pytest -n <n>")


def test_a_list_of_commands_may_stand_as_far_out_as_its_key() -> None:
    text = "test:\n  script:\n  - make all\n  - make check\n  only:\n  - npm test\n"
    assert ci.commands(text) == ("make all", "make check")


def test_a_command_may_stand_under_a_key_of_its_own() -> None:
    text = "steps:\n  - run:\n      name: style\n      command: make style\n  - run:\n      command: |\n        make test\n"
    assert ci.commands(text) == ("make style", "make test")


def test_quotes_around_a_command_go_and_those_in_it_stay() -> None:
    assert ci.commands('- run: "make all"\n- run: make -j"$(nproc)"\n') == ("make all", 'make -j"$(nproc)"')


def test_the_workflow_that_tests_comes_first_and_one_that_publishes_is_none() -> None:
    paths = [f".github/workflows/{name}.yml" for name in ("lint", "linux", "ci", "publish", "nightly")]
    assert [ci.workflow(path) for path in paths] == [2, 1, 0, None, None]
    assert ci.workflow("docs/ci.yml") is None


def run(*lines: str) -> tuple[str, ...]:
    return ci.commands("".join(f"- run: {line}\n" for line in lines))


def test_what_sets_up_the_machine_looks_on_or_sends_the_project_out_is_left_out() -> None:
    kept = (
        "tox",
        "cargo build --release",
        "cd build && make",
        "yarn test:standalone-release",
        "make release-tests",
        "./scripts/check.sh --release",
    )
    aside = (
        "file ./jq",
        "strip ./jq",
        "python -m tool --help",
        "npm install -g yarn",
        "cargo install cargo-fuzz",
        "rustup component add clippy",
        "yarn release",
        "npm run deploy",
        "./Push.ps1",
        "bash scripts/release-notes.sh",
    )
    assert run(*kept, *aside) == kept


def test_what_the_ci_fills_in_is_named_and_a_remark_is_no_second_command() -> None:
    assert run("npm test -- -b # Bail out", "npm test -- -b") == ("npm test -- -b",)
    assert run("make ${{ matrix.target }}", "make x ${{ a && 'b' }}") == ("make <target>", "make x …")
    assert run("make ${{ a && 'b' }}") == ()


def test_a_long_command_is_cut_between_two_words_and_says_so() -> None:
    (line,) = run("make " + "target " * 40)
    assert line.endswith("target …") and len(line) <= 162
