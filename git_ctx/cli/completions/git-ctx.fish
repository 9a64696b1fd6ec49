# fish completion for git ctx, as 'git ctx' and as 'git-ctx'.
# In ~/.config/fish/completions/git-ctx.fish: git-ctx completion fish | source

function __git_ctx_complete
    set -l lines (git-ctx completion --for fish (commandline -opc) (commandline -ct) 2>/dev/null)
    switch "$lines[1]"
        case plain
            printf '%s\n' $lines[2..]
        case dir
            __fish_complete_directories (commandline -ct) ''
        case '*'
            __fish_complete_path (commandline -ct)
    end
end

complete -c git-ctx -f -a '(__git_ctx_complete)'
# fish of its own accord asks for 'git-ctx', but some versions under a wrong name
complete -c git -f -n '__fish_git_using_command ctx' -a '(__git_ctx_complete)'
