"""File names -> languages, as a code fence spells them."""

_EXTENSIONS = {
    "python": "py pyi pyx pxd pyw",
    "javascript": "js jsx mjs cjs es6",
    "typescript": "ts tsx mts cts vue svelte",
    "go": "go",
    "rust": "rs",
    "java": "java",
    "c": "c h l y",
    "cpp": "cc cpp cxx hpp hh hxx inl ipp tpp cu cuh ino",
    "ruby": "rb rake gemspec ru",
    "php": "php phtml php5",
    "csharp": "cs",
    "kotlin": "kt kts",
    "swift": "swift",
    "scala": "scala sc sbt",
    "bash": "sh bash zsh ksh bats",
    "sql": "sql",
    "markdown": "md markdown mdx mkd",
    "jq": "jq",
    "perl": "pl pm",
    "lua": "lua",
    "r": "r",
    "julia": "jl",
    "haskell": "hs",
    "ocaml": "ml mli",
    "fsharp": "fs fsx",
    "elixir": "ex exs",
    "erlang": "erl hrl",
    "clojure": "clj cljs cljc",
    "dart": "dart",
    "zig": "zig",
    "nim": "nim",
    "objectivec": "m mm",
    "groovy": "groovy gradle",
    "powershell": "ps1 psm1",
    "asm": "s asm",
    "vb": "vb",
    "fortran": "f f90 f95",
    "lisp": "lisp el",
    "scheme": "scm ss rkt",
    "graphql": "graphql gql",
    "protobuf": "proto",
    "thrift": "thrift",
    "terraform": "tf",
    "html": "html htm xhtml erb haml slim liquid j2 jinja jinja2 twig hbs ejs pug mustache",
    "css": "css scss sass less styl",
    "json": "json jsonc json5 geojson webmanifest",
    "yaml": "yaml yml",
    "toml": "toml",
    "ini": "ini cfg conf properties editorconfig",
    "xml": "xml xsd xsl xslt plist csproj props svg",
    "rst": "rst",
    "asciidoc": "adoc asciidoc",
    "tex": "tex",
    "text": "txt text",
    "diff": "diff patch",
    "cmake": "cmake",
    "makefile": "mk mak am",
    "gettext": "po pot",
    "csv": "csv tsv",
}
EXTENSIONS = {extension: name for name, some in _EXTENSIONS.items() for extension in some.split()}

NAMES = {
    "makefile": "makefile",
    "gnumakefile": "makefile",
    "dockerfile": "dockerfile",
    "rakefile": "ruby",
    "gemfile": "ruby",
    "guardfile": "ruby",
    "vagrantfile": "ruby",
    "cmakelists.txt": "cmake",
    "jenkinsfile": "groovy",
    "go.mod": "text",
    **dict.fromkeys(
        [
            f"{kind}.scm"
            for kind in "folds highlights indents injections locals rainbows tags textobjects".split()
        ],
        "treesitter",  # its queries, which look like Scheme
    ),
}
"""Whole file names in lower case that say the language."""

CODE = frozenset(
    "python javascript typescript go rust java c cpp ruby php csharp kotlin swift scala bash sql jq perl lua r "
    "julia haskell ocaml fsharp elixir erlang clojure dart zig nim objectivec groovy powershell asm vb fortran "
    "lisp scheme treesitter graphql protobuf thrift terraform html css".split()
)
"""Languages whose files are source, not data or documents."""

DOCUMENTS = frozenset({"markdown", "rst", "asciidoc", "tex", "text"})
