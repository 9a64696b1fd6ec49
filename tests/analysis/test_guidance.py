from git_ctx.analysis.guidance import guidance
from git_ctx.analysis.tokens import count

FILES = {
    "AGENTS.md": "Use tabs.",
    "CLAUDE.md": "@AGENTS.md\n",
    "GEMINI.md": "Use tabs.\n",
    "web/AGENTS.md": "Web: no globals.",
    "api/CLAUDE.md": "Api: be strict.",
    ".cursor/rules/ts.mdc": "---\nglobs: **/*.ts, x.js\n---\nTypeScript only.",
    ".github/copilot-instructions.md": "Be brief.",
    "CONTRIBUTING.md": "# Hello\n\nWelcome.\n\n# Code style\n\nBlack.\n\n# Changes\n\n1. Fork\n",
    "src/a.ts": "",
}


def told(*near: str, room: int = 1000) -> list[tuple[str, str]]:
    return [(each.path, each.text) for each in guidance(sorted(FILES), FILES.get, room, near)]


def test_the_roots_comes_first_and_nothing_is_said_twice() -> None:
    assert told() == [
        ("AGENTS.md", "Use tabs.\n"),
        (".github/copilot-instructions.md", "Be brief.\n"),
        ("CONTRIBUTING.md", "Black.\n"),
    ]


def test_the_projects_own_folder_comes_before_all() -> None:
    files = {
        **FILES,
        ".ctx/guidance/style.md": "No globals.",
        ".ctx/guidance/deep/x.md": "",
        ".ctx/a.md": "x",
    }
    found = guidance(sorted(files), files.get, 1000)
    assert [each.path for each in found[:2]] == [".ctx/guidance/style.md", "AGENTS.md"]
    assert not {".ctx/guidance/deep/x.md", ".ctx/a.md"} & {each.path for each in found}


def test_a_folders_own_counts_for_the_files_below_it() -> None:
    assert ("web/AGENTS.md", "Web: no globals.\n") in told("web/src/x.js")
    assert ("web/AGENTS.md", "Web: no globals.\n") not in told("webapp/x.js")
    assert ("api/CLAUDE.md", "Api: be strict.\n") in told("api/x.py")


def test_a_rule_for_some_files_is_told_with_them() -> None:
    rule = (".cursor/rules/ts.mdc", "TypeScript only.\n")
    assert rule in told("src/deep/a.ts")
    assert rule in told("a.ts")
    assert rule in told("lib/x.js")
    assert rule not in told("a.tsx")


def test_it_keeps_to_its_room() -> None:
    for room in range(0, 80, 5):
        assert sum(count(text) + 15 for _, text in told("web/a.ts", room=room)) <= room


def test_how_issues_are_reported_is_no_guidance_for_code() -> None:
    page = "## Issue Reporting Guidelines\n\nUse the form.\n\n## Pull Request Guidelines\n\nAdd tests.\n"
    found = guidance(["CONTRIBUTING.md"], {"CONTRIBUTING.md": page}.get, 1000)
    assert [(each.title, each.text) for each in found] == [("Pull Request Guidelines", "Add tests.\n")]


def test_a_section_that_only_leads_to_others_is_no_guidance() -> None:
    page = "# Coding style\n\nThe following sections define the style.\n\n## Naming conventions\n\nSnakes.\n"
    found = guidance(["CONTRIBUTING.md"], {"CONTRIBUTING.md": page}.get, 1000)
    assert [(each.title, each.text) for each in found] == [("Naming conventions", "Snakes.\n")]


def test_a_welcome_and_a_command_without_a_word_are_no_guidance() -> None:
    page = (
        "# Guidelines\n\nWelcome! Please follow these simple guidelines.\n\n"
        "## Linting style\n\n```\nmake lint\n```\n\n## Code style\n\nRun it:\n\n```\nmake style\n```\n"
    )
    found = guidance(["CONTRIBUTING.md"], {"CONTRIBUTING.md": page}.get, 1000)
    assert [each.title for each in found] == ["Code style"]
