r"""The languages that are understood, as one table: what their files define and import.

A pattern is run over a text with a newline put before it, and begins with `\n`, so that the search
skips from line to line. Each of its groups is named after the kind of definition that it names (a digit
may follow, where a kind has two forms). Every repetition that could run on is bounded or cannot give
back, so that no text, however hostile, takes more than linear time.
"""

import re
from functools import cache
from typing import Literal

from git_ctx.value import dataclass

Blocks = Literal["indent", "brace", "statement", "heading"]
"""How a definition ends: with its indentation, its brace, its semicolon, or the next heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What the regexes need to know of a language."""

    name: str
    blocks: Blocks
    definitions: str
    imports: str = ""
    mask: str = ""
    closers: tuple[str, ...] = ()
    newline_ends: bool = False


_C_COMMENT = r"//[^\n]*|/\*(?>(?:[^*]+|\*(?!/))*)(?:\*/)?"
_DOUBLE = r'"(?>(?:[^"\\\n]+|\\.)*)"?'
_SINGLE = r"'(?>(?:[^'\\\n]+|\\.)*)'?"
_CHAR = r"'(?:\\[^\n][^'\n]{0,8}|[^'\\\n])'"
_C_MASK = f"{_C_COMMENT}|{_DOUBLE}|{_CHAR}"
_NOT_A_CALL = r"(?!(?:if|for|while|switch|catch|return|else|do|new|throw|super|this|function|with|await|typeof|yield|assert|case|elif|sizeof)\b)"
_NOT_A_CALL_IN_C = _NOT_A_CALL.replace("sizeof", "sizeof|noexcept|decltype|requires|alignas|defined")

_PYTHON = (
    r"\n[ \t]*+(?:async[ \t]++)?(?:def[ \t]++(?P<function>\w++)|class[ \t]++(?P<class>\w++))"
    r"|\n(?P<constant>[A-Z][A-Z0-9_]{2,60})(?=[ \t]*+(?::[^=\n]{1,100})?=[^=])"
)
_JAVASCRIPT = (
    # most lines begin with a comment, a brace or a string, and are passed over at once
    r"\n(?=[ \t]*[\w$#*])(?:(?=[ \t]*(?>[\w$]{1,300})(?:[ \t]*[\w$*{[]|\.))"
    r"[ \t]*+(?:export[ \t]++)?(?:default[ \t]++)?(?:declare[ \t]++)?(?:abstract[ \t]++)?(?:async[ \t]++)?"
    r"(?:function\b[ \t]*+\*?[ \t]*+(?P<function>[\w$]++)"
    r"|class[ \t]++(?P<class>[\w$]++)"
    r"|interface[ \t]++(?P<interface>[\w$]++)"
    r"|(?:const[ \t]++)?enum[ \t]++(?P<enum>[\w$]++)"
    r"|type[ \t]++(?P<type>[\w$]++)[^\n=]{0,200}="
    r"|namespace[ \t]++(?P<namespace>[\w$.]++)"
    r"|(?:const|let|var)[ \t]++(?P<function2>[\w$]++)[^\n=]{0,200}=[ \t]*+"
    r"(?:async[ \t]++)?(?:function\b|(?:\([^\n]{0,300}|[\w$]++[ \t]*+)=>|\([ \t]*+(?=\n))"
    r"|(?:(?>[\w$]{1,80})\.){1,4}(?P<function3>[\w$]++)[ \t]*+=[ \t]*+"
    r"(?:async[ \t]++)?(?:function\b|(?:\([^\n]{0,300}|[\w$]++[ \t]*+)=>))"
    r"|(?=[^\n]*\{[ \t]*\n)[ \t]++(?:(?:static|async|get|set|public|private|protected|readonly|override|abstract)[ \t]++){0,4}"
    rf"\*?{_NOT_A_CALL}(?P<method>#?[A-Za-z_$][\w$]*+)\??(?:<[^\n()]{{0,100}}>)?"
    r"\((?![^\n]{0,300}(?:function\b|=>))[^\n;]{0,300}\)[^()\n=;]{0,150}\{[ \t]*+(?=\n)"
    r"|(?:export[ \t]++)?const[ \t]++(?P<constant>[A-Z][A-Z0-9_]{2,60})\b"
    # what a module offers: a schema, a store, a component that is wrapped
    r"|(?:export|declare)[ \t]++(?:declare[ \t]++)?(?:const|let|var)[ \t]++(?P<variable>[\w$]++))"
)
_GO = (
    r"\nfunc[ \t]++(?:\([^)\n]{0,200}\)[ \t]*+(?P<method>\w++)|(?P<function>\w++))"
    r"|\ntype[ \t]++(?P<type>\w++)"
    r"|\n\t(?P<type2>[A-Za-z]\w*+)[ \t]++(?:struct|interface)[ \t]*+\{"
    r"|\n(?:const|var)[ \t]++(?P<constant>\w++)"
)
_RUST = (
    r"\n[ \t]*+(?:pub(?:\([^)\n]{0,60}\))?[ \t]++)?(?:default[ \t]++)?(?:const[ \t]++)?(?:async[ \t]++)?"
    r"(?:unsafe[ \t]++)?(?:extern[ \t]++(?:\"[^\"\n]{0,20}\"[ \t]++)?)?"
    r"(?:fn[ \t]++(?P<function>\w++)|struct[ \t]++(?P<struct>\w++)|enum[ \t]++(?P<enum>\w++)"
    r"|trait[ \t]++(?P<trait>\w++)|union[ \t]++(?P<union>\w++)(?=[ \t]*+[<{])|type[ \t]++(?P<type>\w++)"
    r"|mod[ \t]++(?P<module>\w++)(?=[ \t]*+\{)|macro_rules![ \t]*+(?P<macro>\w++)"
    r"|(?:static|const)[ \t]++(?:mut[ \t]++)?(?P<constant>[A-Z]\w++)[ \t]*+:)"
    r"|\n[ \t]*+(?:unsafe[ \t]++)?impl\b(?:<[^\n{]{0,200}?>)?[ \t]++(?P<impl>[^\n{;]{1,200}?)(?=[ \t]*+[\n{])"
)
_MODIFIERS = (
    r"(?:(?:public|private|protected|internal|static|final|abstract|sealed|synchronized|native|default"
    r"|strictfp|virtual|override|async|partial|readonly|unsafe|extern|open|data|inline|suspend"
    r"|operator|infix|lateinit|const|tailrec|external|annotation|inner|value|companion|fileprivate"
    r"|convenience|required|mutating|nonisolated|final|indirect|weak|lazy|implicit|case|actual|expect"
    r"|non-sealed|dynamic|class(?=[ \t]++func))[ \t]++){0,6}"
)
_ANNOTATIONS = r"(?:@[\w.]{1,80}(?:\([^)\n]{0,200}\))?[ \t]++){0,4}"
_JAVA_TYPE = r"(?:<[^\n(){}]{1,150}>[ \t]++)?(?>[\w.]{1,100})(?:<[^\n(){}=;]{0,150}>)?[\w.\[\]? \t&]{0,60}?"
# Most lines begin with a comment, a brace, a call or an assignment, and are passed over at once.
_JAVA_HEAD = r"(?=[@<A-Z]|(?>[\w.]{1,300})[<\[ \t?&][^\n(){}=;]{0,600}\()"
_JAVA = (
    rf"\n(?=[ \t]*[@a-z])[ \t]*+{_ANNOTATIONS}{_MODIFIERS}"
    r"(?:class[ \t]++(?P<class>\w++)|interface[ \t]++(?P<interface>\w++)|enum[ \t]++(?P<enum>\w++)"
    r"|record[ \t]++(?P<record>\w++)|@interface[ \t]++(?P<annotation>\w++)|struct[ \t]++(?P<struct>\w++)"
    r"|namespace[ \t]++(?P<namespace>[\w.]++)|delegate[ \t]++[\w<>\[\],. ]{1,80}[ \t](?P<delegate>\w++)[ \t]*+\()"
    rf"|\n[ \t]++{_JAVA_HEAD}{_ANNOTATIONS}{_MODIFIERS}{_NOT_A_CALL}(?:{_JAVA_TYPE}[ \t]{_NOT_A_CALL}(?P<method>\w++)[ \t]*+"
    r"(?:<[\w, ]{1,80}>)?\((?=[^;{}=]{0,600}(?:\{|\)[^;{}()=]{0,200}(?:;|=>)))"
    r"|(?P<constructor>[A-Z]\w*+)[ \t]*+\((?=[^;{}=]{0,600}\{))"
)
# Parameters have default values in C#: a `=` that begins neither `==` nor a lambda's `=>`.
_CSHARP = _JAVA.replace("[^;{}=]{0,600}", "(?:[^;{}=]|=(?![=>])){0,600}")
# Most lines begin with neither, and of those that are indented few end a list of parameters and begin a block.
_C_HEAD = r"(?=[ \t]*[\w#}~])"
_C_METHOD_HEAD = r"(?=[A-Za-z_~][^\n;{}()=]{0,300}\([^;{}()\n]{0,200}\)[^\n;{}]{0,200}\{)"
_C = (
    rf"\n{_C_HEAD}(?:"
    r"(?:extern[ \t]++\"C\"[ \t]++)?(?:typedef[ \t]++)?(?:template[ \t]*+<[^\n]{0,200}>[ \t]*+)?"
    r"(?:static[ \t]++|const[ \t]++){0,2}"
    r"(?:struct[ \t]++(?P<struct>\w++)|union[ \t]++(?P<union>\w++)|enum[ \t]++(?:class[ \t]++|struct[ \t]++)?(?P<enum>\w++))"
    r"(?=[^\n;(){}=*]{0,200}[ \t\n]*+\{)"
    r"|[ \t]*+(?:template[ \t]*+<[^\n]{0,200}>[ \t]*+)?class[ \t]++(?:[A-Z_]{2,60}[ \t]++)?(?P<class>\w++)(?=[^\n;(){}=*]{0,200}[ \t\n]*+\{)"
    r"|[ \t]*+(?:inline[ \t]++)?namespace[ \t]++(?P<namespace>[\w:]++)[ \t\n]*+\{"
    r"|[ \t]*+#[ \t]*+define[ \t]++(?P<macro>\w++)"
    rf"|(?=[A-Za-z_~][^\n;{{}}]{{0,300}}\()(?!typedef|else\b){_NOT_A_CALL_IN_C}(?:[A-Za-z_][\w \t*&:<>,~\[\]]{{0,160}}?[ \t*&:>])?{_NOT_A_CALL_IN_C}"
    r"(?P<function>(?:~|operator[^\w\s(]{1,3})?[A-Za-z_]\w*+)[ \t]*+\((?=[^;{}]{0,600}\{)"
    rf"|[ \t]++{_C_METHOD_HEAD}{_NOT_A_CALL_IN_C}(?:[A-Za-z_][\w \t*&:<>,~]{{0,120}}?[ \t*&>])?{_NOT_A_CALL_IN_C}"
    r"(?P<method>~?[A-Za-z_]\w*+)\((?=[^;{}()\n]{0,200}\)[ \t]*+(?:const[ \t]*+|noexcept[ \t]*+|override[ \t]*+|final[ \t]*+){0,4}(?:->[^\n;{}]{1,60})?\{)"
    r"|\}[ \t]*+(?P<type>\w++)[ \t]*+;)"
)
_RUBY = (
    r"\n[ \t]*+(?:(?:private|protected|public|module_function|private_class_method|memoize)[ \t]++)?"
    r"(?:def[ \t]++(?:self\.|[A-Z]\w*+\.)?(?P<method>[A-Za-z_]\w*+[?!=]?|[^\w\s(]{1,3})"
    r"|class[ \t]++(?P<class>[A-Z][\w:]*+)|module[ \t]++(?P<module>[A-Z][\w:]*+))"
    r"|\n[ \t]*+(?P<constant>[A-Z][A-Z0-9_]{2,60})[ \t]*+=[^=~]"
)
_PHP = (
    r"\n[ \t]*+(?:(?:abstract|final|readonly|public|private|protected|static)[ \t]++){0,4}"
    r"(?:class[ \t]++(?P<class>\w++)|interface[ \t]++(?P<interface>\w++)|trait[ \t]++(?P<trait>\w++)"
    r"|enum[ \t]++(?P<enum>\w++)|function[ \t]++&?(?P<function>\w++)"
    r"|const[ \t]++(?:[\w|?]{1,60}[ \t]++)?(?P<constant>[A-Z]\w++)[ \t]*+=)"
)
_KOTLIN = (
    rf"\n[ \t]*+{_ANNOTATIONS}{_MODIFIERS}(?:enum[ \t]++)?"
    r"(?:class[ \t]++(?P<class>\w++)|(?:fun[ \t]++)?interface[ \t]++(?P<interface>\w++)|object[ \t]++(?P<object>\w++)"
    r"|fun[ \t]++(?:<[^\n(]{1,150}>[ \t]++)?(?:[\w<>?., ]{1,100}\.)?(?P<function>\w++)[ \t]*+\("
    r"|typealias[ \t]++(?P<type>\w++)|const[ \t]++val[ \t]++(?P<constant>\w++))"
)
_SWIFT = (
    rf"\n[ \t]*+{_ANNOTATIONS}{_MODIFIERS}"
    r"(?:class[ \t]++(?P<class>\w++)|struct[ \t]++(?P<struct>\w++)|enum[ \t]++(?P<enum>\w++)"
    r"|protocol[ \t]++(?P<protocol>\w++)|extension[ \t]++(?P<extension>[\w.]++)|actor[ \t]++(?P<actor>\w++)"
    r"|func[ \t]++(?P<function>\w++|[^\w\s(]{1,4})|typealias[ \t]++(?P<type>\w++)|(?P<init>init)[?!]?\()"
)
_SCALA = (
    rf"\n[ \t]*+{_ANNOTATIONS}{_MODIFIERS}"
    r"(?:class[ \t]++(?P<class>\w++)|trait[ \t]++(?P<trait>\w++)|object[ \t]++(?P<object>\w++)"
    r"|enum[ \t]++(?P<enum>\w++)|def[ \t]++(?P<function>\w++|[^\w\s(]{1,4})|type[ \t]++(?P<type>\w++)[^\n=]{0,100}=)"
)
_SHELL = r"\n[ \t]*+(?:function[ \t]++(?P<function>[\w.:-]++)|(?P<function2>[A-Za-z_][\w.:-]*+)[ \t]*+\(\)[ \t\n]*+[{(])"
_SQL = (
    r"\n[ \t]*+(?i:create)[ \t]++(?i:or[ \t]++replace[ \t]++)?(?i:temp(?:orary)?[ \t]++|unique[ \t]++|materialized[ \t]++){0,2}"
    r"(?:(?i:table)[ \t]++(?i:if[ \t]++not[ \t]++exists[ \t]++)?(?P<table>[\w.\"`\[\]]++)"
    r"|(?i:view)[ \t]++(?i:if[ \t]++not[ \t]++exists[ \t]++)?(?P<view>[\w.\"`\[\]]++)"
    r"|(?i:function|procedure)[ \t]++(?P<function>[\w.\"`\[\]]++)|(?i:trigger)[ \t]++(?P<trigger>[\w.\"`\[\]]++)"
    r"|(?i:index)[ \t]++(?i:if[ \t]++not[ \t]++exists[ \t]++)?(?P<index>[\w.\"`\[\]]++)|(?i:type)[ \t]++(?P<type>[\w.\"`\[\]]++))"
)

_JS_IMPORTS = r"(?:\bfrom|\bimport|\brequire[ \t]*+\(|\bimport[ \t]*+\()[ \t]*+['\"]([^'\"\n]{1,300})['\"]"
_JS_MASK = f"{_C_COMMENT}|{_DOUBLE}|{_SINGLE}|`(?>(?:[^`\\\\]+|\\\\.)*)`?"
_PY_MASK = (
    r"#[^\n]*|\"\"\"(?>(?:[^\"\\]+|\\.|\"(?!\"\"))*)(?:\"\"\")?|'''(?>(?:[^'\\]+|\\.|'(?!''))*)(?:''')?"
    rf"|{_DOUBLE}|{_SINGLE}"
)
_DOTTED = r"\n[ \t]*+(?:import|using)[ \t]++(?:static[ \t]++)?([\w.*]{1,300})"

TABLE = (
    Grammar(
        name="python", blocks="indent", definitions=_PYTHON, mask=_PY_MASK, closers=(")", "]", "}"),
        imports=r"\n[ \t]*+(?:from[ \t]++([\w.]++)[ \t]++import[ \t]*+(\([^)]{0,4000}|[^\n(#;]++)|import[ \t]++([\w., \t]++))",
    ),
    Grammar(name="javascript", blocks="brace", definitions=_JAVASCRIPT, imports=_JS_IMPORTS, mask=_JS_MASK, newline_ends=True),
    Grammar(name="typescript", blocks="brace", definitions=_JAVASCRIPT, imports=_JS_IMPORTS, mask=_JS_MASK, newline_ends=True),
    Grammar(
        name="go", blocks="brace", definitions=_GO, mask=f"{_C_MASK}|`[^`]*+`?", newline_ends=True,
        imports=r"\nimport[ \t]++(?:\(([^)]{0,8000})|(?:[\w.]++[ \t]++)?\"([^\"\n]++)\")",
    ),
    Grammar(
        name="rust", blocks="brace", definitions=_RUST, mask=_C_MASK,
        imports=r"\n[ \t]*+(?:pub(?:\([^)\n]{0,60}\))?[ \t]++)?(?:use[ \t]++([^;]{1,2000});|(mod[ \t]++\w++)[ \t]*+;)",
    ),
    Grammar(name="java", blocks="brace", definitions=_JAVA, imports=_DOTTED, mask=_C_MASK),
    Grammar(name="c", blocks="brace", definitions=_C, imports=r"\n[ \t]*+#[ \t]*+include[ \t]*+[\"<]([^\">\n]{1,300})", mask=_C_MASK),
    Grammar(name="cpp", blocks="brace", definitions=_C, imports=r"\n[ \t]*+#[ \t]*+include[ \t]*+[\"<]([^\">\n]{1,300})", mask=_C_MASK),
    Grammar(
        name="ruby", blocks="indent", definitions=_RUBY, closers=("end", "}", ")", "]"),
        imports=r"\n[ \t]*+(?:require|require_relative|load|autoload[ \t]++:\w++,)[ \t(]*+['\"]([^'\"\n]{1,300})",
    ),
    Grammar(
        name="php", blocks="brace", definitions=_PHP, mask=f"#(?!\\[)[^\\n]*|{_C_COMMENT}|{_DOUBLE}|{_SINGLE}",
        imports=r"\n(?:use[ \t]++(?:function[ \t]++|const[ \t]++)?([\w\\]{1,300})|(?:require|include)(?:_once)?[^'\"\n]{0,80}['\"]([^'\"\n]{1,300}))",
    ),
    Grammar(name="csharp", blocks="brace", definitions=_CSHARP, imports=_DOTTED, mask=_C_MASK),
    Grammar(name="kotlin", blocks="brace", definitions=_KOTLIN, imports=_DOTTED, mask=_C_MASK, newline_ends=True),
    Grammar(name="swift", blocks="brace", definitions=_SWIFT, imports=_DOTTED, mask=f"{_C_COMMENT}|{_DOUBLE}", newline_ends=True),
    Grammar(name="scala", blocks="brace", definitions=_SCALA, imports=r"\n[ \t]*+import[ \t]++([\w.*]{1,300})(?:\{([^{}]{0,2000}))?", mask=_C_MASK, newline_ends=True),
    Grammar(
        name="bash", blocks="indent", definitions=_SHELL, closers=("}", ")", "{"),
        imports=r"\n[ \t]*+(?:source|\.)[ \t]++['\"]?([^'\"\s;]{1,300})",
    ),
    Grammar(name="sql", blocks="statement", definitions=_SQL, mask=rf"--[^\n]*|\$\$(?>(?:[^$]+|\$(?!\$))*)(?:\$\$)?|{_SINGLE}"),
    Grammar(name="markdown", blocks="heading", definitions=r"\n(#{1,6})[ \t]++([^\n]{1,200})"),
)  # fmt: skip

GRAMMARS = {grammar.name: grammar for grammar in TABLE}


@cache
def definitions_pattern(name: str) -> re.Pattern[str]:
    return re.compile(GRAMMARS[name].definitions)


@cache
def imports_pattern(name: str) -> re.Pattern[str] | None:
    return re.compile(GRAMMARS[name].imports) if GRAMMARS[name].imports else None


@cache
def mask_pattern(name: str) -> re.Pattern[str] | None:
    return re.compile(GRAMMARS[name].mask) if GRAMMARS[name].mask else None
