# bash completion for git ctx, as 'git ctx' (by git's own completion) and as 'git-ctx'.
# In ~/.bashrc: eval "$(git-ctx completion bash)"

_git_ctx() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(git-ctx completion --for bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" "$COMP_TYPE" 2>/dev/null)
}

# an empty answer leaves the word to bash, which knows files; a space is part of an answer
complete -o bashdefault -o default -o nospace -F _git_ctx git-ctx
