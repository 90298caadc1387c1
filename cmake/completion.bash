# Completion for sonde: commands, tools, and a tool's options, which its -h lists.
_sonde() {
    local word=${COMP_WORDS[COMP_CWORD]} tool=${COMP_WORDS[1]} words
    if ((COMP_CWORD == 1)); then
        words=$(sonde list 2> /dev/null | sed -n 's/^  \([^ ]*\) .*/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "run cc list new doctor replay tplist $words" -- "$word")
    elif [[ $word == -* ]]; then
        words=$(sonde "$tool" -h 2> /dev/null | grep -oE '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,' | sort -u)
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    fi
}
complete -o default -F _sonde sonde
