#compdef git-ctx
# zsh completion for git ctx, as 'git ctx' (by zsh's completion of git) and as 'git-ctx'.
# In ~/.zshrc, after compinit: eval "$(git-ctx completion zsh)"

_git-ctx() {
    local -a lines
    # what is being typed is a word even where it is empty; (Q) takes off its quotes
    lines=("${(@f)$(git-ctx completion --for zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    case $lines[1] in
        plain)
            shift lines
            (( $#lines )) && _describe -V 'git ctx' lines
            ;;
        dir) _files -/ ;;
        *) _files ;;
    esac
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _git-ctx "$@"
elif (( $+functions[compdef] )); then
    compdef _git-ctx git-ctx
fi
