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
    assert ci.commands(WORKFLOW) == ("pip install -e .[dev]", "pytest -n …")


def test_a_list_of_commands_may_stand_as_far_out_as_its_key() -> None:
    text = "test:\n  script:\n  - make all\n  - make check\n  only:\n  - npm test\n"
    assert ci.commands(text) == ("make all", "make check")


def test_a_command_may_stand_under_a_key_of_its_own() -> None:
    text = "steps:\n  - run:\n      name: style\n      command: make style\n  - run:\n      command: |\n        make test\n"
    assert ci.commands(text) == ("make style", "make test")


def test_quotes_around_a_command_go_and_those_in_it_stay() -> None:
    assert ci.commands('- run: "make all"\n- run: make -j"$(nproc)"\n') == ("make all", 'make -j"$(nproc)"')


def test_the_workflow_that_tests_comes_first_and_one_that_publishes_is_none() -> None:
    paths = [f".github/workflows/{name}.yml" for name in ("lint", "ci", "publish", "nightly")]
    assert [ci.workflow(path) for path in paths] == [1, 0, None, None]
    assert ci.workflow("docs/ci.yml") is None


def test_a_command_that_is_all_expression_says_nothing() -> None:
    step = "jobs:\n  a:\n    steps:\n      - run: pnpm ${{ matrix.task }}\n      - run: pnpm test ${{ matrix.part }}\n"
    assert ci.commands(step) == ("pnpm test …",)
