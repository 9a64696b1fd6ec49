# Links commits to the prompts behind them: a Ctx-Prompt trailer in the message, and a line in ctx/commits
# that the next 'git ctx' command records. 'git ctx hook install git' puts this file here, and a few lines
# into git's own hooks that read it in, with the hook's arguments, its name and the common git directory:
#
#   (ctx_hook=NAME ctx_common=.git; . .git/ctx/hooks/link.sh)
#
# It is plain sh and asks git alone. It says nothing, stops no commit, and adds no trailer where it is in doubt.
# Processes are what it costs: most commits take five.

set +eu
unset IFS
exec >/dev/null 2>&1
export LC_ALL=C
mark=Ctx-Prompt
line_end='
'
case ${GIT_DIR-.git}/$ctx_common in
.git/.git) own=.git ;;
*) own=${GIT_DIR-$(git rev-parse --git-dir)} ;;
esac
note=$own/ctx/link # what this commit is linked to, from one hook to the next
test ! -g "$ctx_common/ctx" || umask g+rwx # a group shares it, and its files

main() {
  case $ctx_hook in
  prepare-commit-msg)
    test ! -s "$note" || : >"$note"
    sessions_exist && is_new_work "$2" && read_settings && find_prompts || return
    test -d "$own/ctx" || mkdir "$own/ctx"
    # where an editor follows, the message is not there yet: commit-msg does it
    case $GIT_EDITOR in
    :) echo "done $ref$ids" >"$note" && add_trailers "$1" ;;
    *) echo "open $ref$ids" >"$note" ;;
    esac
    ;;
  commit-msg)
    test -s "$note" && read -r state ref ids <"$note" || return
    test "$state" = done || { read_settings && add_trailers "$1"; }
    ;;
  post-commit)
    test -s "$note" && read -r state ref ids <"$note" || return
    : >"$note"
    remember "commit $(git rev-parse HEAD) $ref $ids"
    ;;
  post-rewrite)
    sessions_exist && remember "$(sed -n 's/^\([0-9a-f]\{40\} [0-9a-f]\{40\}\).*/rewrite \1/p')"
    ;;
  esac
}

read_settings() {
  settings=$(git config --get-regexp '^(core\.comment(char|string)|branch\..*\.ctxsession)$')$line_end
  : # there need not be any
}

# Whether refs are rows in tables (reftable), which git alone reads.
in_tables() {
  test -d "$ctx_common/reftable"
}

sessions_exist() {
  if in_tables; then
    test -n "$(git for-each-ref --count=1 --format=one refs/ctx/heads/)"
    return
  fi
  test -d "$ctx_common/refs/ctx/heads" || grep -q ' refs/ctx/heads/' "$ctx_common/packed-refs"
}

# Whether the commit is made of new work: not one that git copies or joins, and not the same files once more.
is_new_work() {
  test "$1" != merge || return 1
  for each in MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD rebase-merge rebase-apply sequencer; do
    test ! -e "$own/$each" || return 1
  done
  # git writes this one before it copies a commit, and a squash that met a conflict leaves it, too
  test ! -e "$own/MERGE_MSG" || test -e "$own/SQUASH_MSG" || return 1
  ! git --no-optional-locks diff-index --cached --quiet HEAD --
}

# Sets `ids`, each after a space: those of the commits that a squash brings together, else the newest prompt
# of the current session branch, which becomes `ref`.
find_prompts() {
  ref=- ids=
  if test -e "$own/SQUASH_MSG"; then
    for id in $(sed -n "s/^[[:space:]]*$mark: *\([k-z]\{16\}\)[[:space:]]*\$/\1/p" "$own/SQUASH_MSG"); do
      case $ids in *" $id"*) ;; *) ids="$ids $id" ;; esac
    done
  elif find_session; then
    case $event/$id in
    *[!a-z/]*) ;;
    prompt/????????????????) ids=" $id" ;;
    *) newest_prompt ;;
    esac
  fi
  test -n "$ids"
}

newest_prompt() {
  set -- --max-count=1 "--format=%(trailers:key=Ctx-Id,valueonly)" "--grep=^Ctx-Event: prompt\$"
  for id in $(git -c trailer.separators=: rev-list "$@" ${until:+--first-parent "--until=$until"} "$ref" --); do
    case $id in commit | *[!k-z]*) ;; ????????????????) ids=" $id" ;; esac
  done
}

# Sets `ref`, and `until` where it is that of the branch that this one was made from.
find_session() {
  until=
  on HEAD "$own"
  case ${GIT_CTX_SESSION-}/$head in
  /refs/heads/*) of_branch "${head#refs/heads/}" || of_source "${head#refs/heads/}" ;;
  /*) choose '' 'refs/ctx/heads/*/HEAD' ;;
  *) of_name "$GIT_CTX_SESSION" "${head#refs/heads/}" ;;
  esac
}

of_name() {
  case $1 in
  *@*) encode "${1#*@}" && choose '' "refs/ctx/heads/${1%%@*}/$part" ;;
  *) encode "$2" && choose "refs/ctx/heads/$1/$part" "refs/ctx/heads/$1/*" ;;
  esac
}

of_branch() {
  chosen=
  while read -r key session; do
    test "$key" != "branch.$1.ctxsession" || break
  done <<SETTINGS
$settings
SETTINGS
  case $session in
  *@*) encode "${session#*@}" && chosen=refs/ctx/heads/${session%%@*}/$part ;;
  esac
  encode "$1" && choose "$chosen" "refs/ctx/heads/*/$part" "$1"
}

# Sets `ref` to the first, if that is open, else to the only open one that matches the pattern; but to none
# that has gone with another git branch than the one named. `event` and `id` are its last one's.
choose() {
  ref= only= name=
  while read -r key value; do
    case $key in
    refs/*)
      consider "$@"
      name=$key state= event= id=
      ;;
    Ctx-State:) state=$value ;;
    Ctx-Event:) event=$value ;;
    Ctx-Id:) id=$value ;;
    esac
  done <<LISTED
$(git -c trailer.separators=: for-each-ref "--format=%(refname)%0a%(contents:trailers:only)" -- ${1:+"$1"} "$2")
refs/
LISTED
  case $ref/$only in
  /*/*) set -- $only && test $# -eq 3 && ref=$1 event=$2 id=$3 ;;
  /*) return 1 ;;
  *) event=$chosen_event id=$chosen_id ;;
  esac
}

consider() {
  case $state/$name in
  */ | ended/* | archived/*) ;;
  *"/$1") ref=$name chosen_event=$event chosen_id=$id ;;
  *)
    known=${name#refs/ctx/heads/}
    case ${3+"$settings"} in
    *" ${known%%/*}@$3$line_end"*) ;;
    *) only="$only $name ${event:--} ${id:--}" ;;
    esac
    ;;
  esac
}

# A branch that git made and that has no session yet carries on that of the one it was made from, as it was then.
of_source() {
  branch=$1
  for _ in 1 2 3 4 5; do
    line=$(log_of "refs/heads/$branch" "$ctx_common/logs/refs/heads/$branch" | head -n 1)
    case $line in *"branch: Created from "*) ;; *) return 1 ;; esac
    who=${line%%"	"*} source=${line##*branch: Created from }
    who=${who% *}
    until=${until:-${who##* }}
    source=${source%%[~^]*} source=${source%%@\{*} source=${source#refs/heads/}
    case $source in HEAD | @ | '') left "$branch" || return 1 ;; esac
    test "$source" != "$branch" || return 1
    branch=$source
    if of_branch "$branch"; then
      event= # the newest prompt may be younger
      return 0
    fi
  done
  return 1
}

# Sets `source` to the branch that HEAD was on before it first moved to this one.
left() {
  source=
  while read -r line; do
    case $line in
    *"checkout: moving from "*" to $1")
      source=${line##*checkout: moving from }
      source=${source% to *}
      return 0
      ;;
    esac
  done <<MOVES
$(log_of HEAD "$own/logs/HEAD" | grep -F "checkout: moving from " | grep -F " to $1")
MOVES
  test "$own" != "$ctx_common" && stood
}

# Sets `source` to the branch that the main work tree was on when this one was added, where it still is.
stood() {
  line=$(log_of main-worktree/HEAD "$ctx_common/logs/HEAD" | grep -F "checkout: moving from " | tail -n 1)
  who=${line%%"	"*}
  who=${who% *}
  who=${who##* }
  test "${who:-0}" -le "$until" && on main-worktree/HEAD "$ctx_common" && source=${head#refs/heads/}
}

# Sets `head` to what a work tree is on, by git's name for its HEAD and by its git directory; '' where detached.
on() {
  head=
  if in_tables; then
    head=$(git symbolic-ref -q "$1")
  else
    read -r _ head <"$2/HEAD"
  fi
}

# A reflog's lines, the oldest first, by the ref and by the file.
log_of() {
  if in_tables; then
    git log -g "--format=%gd%x09%gs" --date=unix "$1" -- |
      sed -n 's/^[^	]*@{\([0-9]*\)}	/- \1 +0000	/; 1!G; h; $p'
  else
    cat "$2"
  fi
}

# Sets `part`: a branch's name as one part of a refname.
encode() {
  case $1 in
  *[%/]*) part=$(echo "$1" | sed 's/%/%25/g; s|/|%2F|g') ;;
  *) part=$1 ;;
  esac
}

# A message that is empty but for comments and signatures stays so: git is to stop there, and not to commit.
add_trailers() {
  comment=
  while read -r key value; do
    case $key in core.*) comment=$value ;; esac
  done <<SETTINGS
$settings
SETTINGS
  case $comment in
  '') class='#' ;;
  auto) class='[#;@!$%^&|:]' comment= ;; # git takes one of these
  *) class=${comment%"${comment#?}"} ;;
  esac
  says_something "$1" || return
  file=$1
  set --
  for id in $ids; do
    set -- "$@" --trailer "$mark: $id"
  done
  set -- interpret-trailers --in-place --no-divider --where end --if-exists addIfDifferent \
    --if-missing add "$@" "$file"
  case $comment in
  '') ;;
  ?) set -- -c "core.commentChar=$comment" "$@" ;;
  *) set -- -c "core.commentString=$comment" "$@" ;;
  esac
  # in no repository and with no configuration, so that no other trailer comes along
  (
    unset GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT
    GIT_DIR=/dev/null GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
    export GIT_DIR GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM
    git "$@"
  )
}

says_something() {
  while read -r line || test -n "$line"; do
    case $line in
    *' ------------------------ >8 ------------------------') return 1 ;;
    '' | '#'* | $class* | 'Signed-off-by: '* | "$mark: "*) ;;
    *) return 0 ;;
    esac
  done <"$1"
  return 1
}

remember() {
  test -n "$1" || return
  test ! -e "$ctx_common/ctx/commits" || test "$(wc -c <"$ctx_common/ctx/commits")" -lt 4000000 || return
  echo "$1" >>"$ctx_common/ctx/commits"
}

main "$@"
exit 0
