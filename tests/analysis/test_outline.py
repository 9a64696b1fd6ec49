"""One file's text -> definitions and imports."""

import time
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.languages import GRAMMARS
from git_ctx.analysis.outline import SIGNATURE, names, outline

PYTHON = '''\
"""A module.

def not_this(): ...
"""
from __future__ import annotations

import os, sys as system
from . import sibling
from .base import (
    Base,  # the root
    Other as Another,
)
from pkg.mod import *

MAX_SIZE = 10


def top(
    a: int = 1,
    *rest: str,
) -> dict[str, int]:
    """Its text

reaches column 0.
    """
    def inner():
        return 1

    return {}


@decorated
@with_options(
    "x",
)
async def later(): pass


class Outer(Base):
    class Inner:
        @property
        def name(self):
            return "def no(): pass"

    def last(self):
        return 0


# a comment that belongs to nobody
x = 1
'''


def shape(language: str, text: str) -> list[tuple[str, str, int, int, int]]:
    return [(d.kind, d.name, d.start, d.end, d.depth) for d in outline(language, text).definitions]


def test_python_has_ends_decorators_nesting_and_no_definition_from_a_string() -> None:
    assert shape("python", PYTHON) == [
        ("constant", "MAX_SIZE", 15, 15, 0),
        ("function", "top", 18, 29, 0),
        ("function", "inner", 26, 27, 1),
        ("function", "later", 32, 36, 0),
        ("class", "Outer", 39, 46, 0),
        ("class", "Inner", 40, 43, 1),
        ("function", "name", 41, 43, 2),
        ("function", "last", 45, 46, 1),
    ]


def test_a_python_signature_is_joined_to_one_line() -> None:
    top = outline("python", PYTHON).definitions[1]
    assert top.signature == "def top( a: int = 1, *rest: str, ) -> dict[str, int]"


def test_python_imports_are_dotted_in_full() -> None:
    assert outline("python", PYTHON).imports == (
        "__future__.annotations",
        "os",
        "sys",
        ".sibling",
        ".base.Base",
        ".base.Other",
        "pkg.mod",
    )


CASES: dict[str, tuple[str, list[tuple[str, str, int, int, int]], tuple[str, ...]]] = {
    "javascript": (
        """\
        import React, { useState } from 'react';
        const fs = require("fs");
        export default class Box extends Base {
          static async open(path, { deep = false } = {}) { return 1; }
          close() {
            if (this.x) {
              return "}";
            }
          }
        }
        export const add = (a, b) => {
          return a + b;
        };
        function plain(a) { /* } */ }
        """,
        [
            ("class", "Box", 3, 10, 0),
            ("method", "close", 5, 9, 1),
            ("function", "add", 11, 13, 0),
            ("function", "plain", 14, 14, 0),
        ],
        ("react", "fs"),
    ),
    "typescript": (
        """\
        import type { A } from './a';
        export interface Shape<T> {
          area(): number;
        }
        export type Maybe = Shape<string> | null;
        export abstract class Circle implements Shape<number> {
          private constructor(readonly r: number) {
            super();
          }
        }
        enum Color { Red }
        export const userSchema = z.object({
          id: z.string(),
        })
        export const Row = memo(({ user }: Props) => {
          return user
        })
        export const make: (from?: Shape<string>) => Circle = (from) => {
          const own = from
        }
        declare const version: string
        """,
        [
            ("interface", "Shape", 2, 4, 0),
            ("type", "Maybe", 5, 5, 0),
            ("class", "Circle", 6, 10, 0),
            ("method", "constructor", 7, 9, 1),
            ("enum", "Color", 11, 11, 0),
            ("variable", "userSchema", 12, 14, 0),
            ("variable", "Row", 15, 17, 0),
            ("variable", "make", 18, 20, 0),
            ("variable", "version", 21, 21, 0),
        ],
        ("./a",),
    ),
    "go": (
        """\
        package x

        import (
        \t"fmt"
        \tlog "example.com/log"
        )

        const Limit = 3

        type Server struct {
        \tname string
        }

        func (s *Server) Run(ctx context.Context,
        \tn int) error {
        \tfmt.Println("}")
        \treturn nil
        }

        func New() *Server { return nil }
        """,
        [
            ("constant", "Limit", 8, 8, 0),
            ("type", "Server", 10, 12, 0),
            ("method", "Run", 14, 18, 0),
            ("function", "New", 20, 20, 0),
        ],
        ("fmt", "example.com/log"),
    ),
    "rust": (
        """\
        use std::{fmt, io};
        mod tree;

        pub struct Point<'a> {
            x: &'a str,
        }
        impl<'a> fmt::Display for Point<'a> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{{")
            }
        }
        pub(crate) async fn go(x: [u8; 4]) -> io::Result<()> where (): Sized {
            Ok(())
        }
        """,
        [
            ("struct", "Point", 4, 6, 0),
            ("impl", "fmt::Display for Point<'a>", 7, 11, 0),
            ("function", "fmt", 8, 10, 1),
            ("function", "go", 12, 14, 0),
        ],
        ("std::{fmt, io}", "mod tree"),
    ),
    "java": (
        """\
        import java.util.List;
        import static a.B.*;

        public final class Box<T> extends Base {
            private static final char OPEN = '{';

            public Box(List<T> all) {
                this(all);
                call(new Other(1));
            }

            @Override
            protected <R> Map<String, R> find(String name, int... rest) throws IOException {
                if (name == null) { return null; }
                return more(name);
            }

            abstract int size();
        }
        """,
        [
            ("class", "Box", 4, 19, 0),
            ("constructor", "Box", 7, 10, 1),
            ("method", "find", 12, 16, 1),
            ("method", "size", 18, 18, 1),
        ],
        ("java.util.List", "a.B.*"),
    ),
    "c": (
        """\
        #include <stdio.h>
        #include "jv.h"
        #define TWICE(x) \\
          ((x) + (x))
        struct node {
          int value;
        };
        static int declared(int a);
        static struct node *
        make(int value)
        {
          if (value) { return NULL; }
          return other(value);
        }
        int main(int argc, char *argv[]) {
          return 0;
        }
        """,
        [
            ("macro", "TWICE", 3, 4, 0),
            ("struct", "node", 5, 7, 0),
            ("function", "make", 9, 14, 0),
            ("function", "main", 15, 17, 0),
        ],
        ("stdio.h", "jv.h"),
    ),
    "cpp": (
        """\
        #include "a.hpp"
        namespace deep {
        template <typename T>
        class Box : public Base<T> {
         public:
          int size() const { return 1; }
        };
        int Box::area(int x) const {
          return x;
        }
        }
        """,
        [
            ("namespace", "deep", 2, 11, 0),
            ("class", "Box", 3, 7, 1),
            ("method", "size", 6, 6, 2),
            ("function", "area", 8, 10, 1),
        ],
        ("a.hpp",),
    ),
    "ruby": (
        """\
        require "json"
        require_relative 'lib/x'
        module Site
          class Page < Base
            LIMIT = 3
            def self.read(path,
                          deep: false)
              path.each do |one|
                yield one
              end
            end

            private def ok? = true
          end
        end
        """,
        [
            ("module", "Site", 3, 15, 0),
            ("class", "Page", 4, 14, 1),
            ("constant", "LIMIT", 5, 5, 2),
            ("method", "read", 6, 11, 2),
            ("method", "ok?", 13, 13, 2),
        ],
        ("json", "lib/x"),
    ),
    "php": (
        """\
        <?php
        namespace App;
        use App\\Http\\Request;
        final class Kernel extends Base
        {
            public const LIMIT = 3;
            // a } comment
            public static function boot(
                array $options = [],
            ): ?self {
                return null;
            }
        }
        """,
        [
            ("class", "Kernel", 4, 13, 0),
            ("constant", "LIMIT", 6, 6, 1),
            ("function", "boot", 8, 12, 1),
        ],
        ("App\\Http\\Request",),
    ),
    "csharp": (
        """\
        using System.Text;
        namespace Shop
        {
            public class Cart : ICart
            {
                public async Task<int> Count(string name = "")
                {
                    return 1;
                }
            }
        }
        """,
        [("namespace", "Shop", 2, 11, 0), ("class", "Cart", 4, 10, 1), ("method", "Count", 6, 9, 2)],
        ("System.Text",),
    ),
    "kotlin": (
        """\
        import a.b.C
        data class Point(
            val x: Int,
        )
        suspend fun <T> List<T>.second(): T {
            return this[1]
        }
        fun one() = 1
        object Single
        """,
        [
            ("class", "Point", 2, 4, 0),
            ("function", "second", 5, 7, 0),
            ("function", "one", 8, 8, 0),
            ("object", "Single", 9, 9, 0),
        ],
        ("a.b.C",),
    ),
    "swift": (
        """\
        import Foundation
        public struct Box: Equatable {
            init(x: Int) {
                self.x = x
            }
            mutating func grow(by n: Int) -> Int { n }
        }
        """,
        [("struct", "Box", 2, 7, 0), ("init", "init", 3, 5, 1), ("function", "grow", 6, 6, 1)],
        ("Foundation",),
    ),
    "scala": (
        """\
        import a.b.{C, D => E, _}
        case class Point(x: Int)
        object Main extends App {
          def run(n: Int): Int = {
            n
          }
        }
        """,
        [("class", "Point", 2, 2, 0), ("object", "Main", 3, 7, 0), ("function", "run", 4, 6, 1)],
        ("a.b.C", "a.b.D"),
    ),
    "bash": (
        """\
        source ./lib.sh
        build() {
          if true; then
            echo "}"
          fi
        }
        function deploy
        {
          :
        }
        """,
        [("function", "build", 2, 6, 0), ("function", "deploy", 7, 10, 0)],
        ("./lib.sh",),
    ),
    "sql": (
        """\
        -- create table no (x int);
        CREATE TABLE IF NOT EXISTS users (
          name text DEFAULT ';'
        );
        create or replace view active as
          select 1;
        """,
        [("table", "users", 2, 4, 0), ("view", "active", 5, 6, 0)],
        (),
    ),
    "markdown": (
        """\
        # Title

        ```sh
        # not a heading
        ```
        ## Part one
        text
        ### Deeper
        ## Part two
        """,
        [
            ("heading", "Title", 1, 9, 0),
            ("heading", "Part one", 6, 8, 1),
            ("heading", "Deeper", 8, 8, 2),
            ("heading", "Part two", 9, 9, 1),
        ],
        (),
    ),
}


@pytest.mark.parametrize("language", CASES)
def test_definitions_end_where_they_end(language: str) -> None:
    text, definitions, imports = CASES[language]
    text = dedent(text)
    assert shape(language, text) == definitions
    assert outline(language, text).imports == imports


def test_every_language_of_the_table_has_a_case() -> None:
    assert set(GRAMMARS) == {*CASES, "python"}


@pytest.mark.parametrize("language", [*CASES, "python"])
def test_windows_line_ends_change_nothing(language: str) -> None:
    text = PYTHON if language == "python" else dedent(CASES[language][0])
    assert shape(language, text.replace("\n", "\r\n")) == shape(language, text)


def test_a_language_out_of_the_table_has_no_outline() -> None:
    assert outline(None, "def f(): pass").definitions == ()
    assert outline("cobol", "def f(): pass").definitions == ()


PIECES = st.sampled_from(
    "def f( class A{ } ) \n \t ' \" ''' /* */ // # -- ; => func fn impl create table template < > = [ ] \\ a B ` $$ é".split(
        " "
    )
    + ["\n", "\n", "    ", "@x", "```", "\n}"]
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(GRAMMARS)), st.lists(PIECES, max_size=60))
def test_lines_are_in_the_file_and_blocks_nest(language: str, pieces: list[str]) -> None:
    text = " ".join(pieces)
    count = text.count("\n") + 1
    open_: list[int] = []
    for one in outline(language, text).definitions:
        assert 1 <= one.start <= one.end <= count
        assert len(one.signature) <= SIGNATURE
        while open_ and open_[-1] < one.start:
            open_.pop()
        if language != "markdown":
            assert one.depth == len(open_)
        if one.end > one.start:
            open_.append(one.end)


HOSTILE = [
    "a" * 60,
    "(",
    "def f(\n",
    "\n  public int f(int a,",
    "\nconst a = (",
    "\n#define a \\",
    "/*",
    '"',
    "\n ",
    "\n  a b c(d = e",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("language", ["python", "javascript", "rust", "java", "cpp", "ruby", "sql"])
def test_time_is_linear_in_a_hostile_text(language: str, piece: str) -> None:
    text = piece * (30_000 // len(piece))
    start = time.process_time()
    outline(language, text)
    names(language, text)
    assert time.process_time() - start < 2  # quadratic ones take minutes


def test_what_a_module_offers_is_told_by_its_first_line() -> None:
    text = "export const userSchema = z.object({\n  id: z.string(),\n  name: z.string(),\n})\n"
    (one,) = outline("typescript", text).definitions
    assert (one.signature, one.end) == ("export const userSchema = z.object({", 4)
