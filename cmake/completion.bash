# Completion for sonde: commands, tools, and a tool's options, which its -h lists.
_sonde() {
    local word=${COMP_WORDS[COMP_CWORD]} tool=${COMP_WORDS[1]}
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "run cc list new doctor $(sonde list 2> /dev/null | sed -n 's/^  \([^ ]*\) .*/\1/p')" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sonde "$tool" -h 2> /dev/null | grep -oE '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,')" -- "$word")
    fi
}
complete -o default -F _sonde sonde
