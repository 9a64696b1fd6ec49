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


def test_quotes_around_a_command_go_and_those_in_it_stay() -> None:
    assert ci.commands('- run: "make all"\n- run: make -j"$(nproc)"\n') == ("make all", 'make -j"$(nproc)"')


def test_the_workflow_that_tests_comes_before_the_one_that_publishes() -> None:
    paths = ["publish.yml", "lint.yml", "ci.yml"]
    assert sorted(paths, key=lambda name: ci.workflow(f".github/workflows/{name}") or 0) == [
        "ci.yml",
        "lint.yml",
        "publish.yml",
    ]
    assert ci.workflow("docs/ci.yml") is None
