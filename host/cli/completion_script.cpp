// All three find the program in the same way: what the line begins with, if it can be run, else the one on PATH.
// Nothing that is typed is ever evaluated. A program that fails or says nothing gives no candidates.
#include "cli/completion_script.h"

namespace benchhost::cli {

namespace {

// Bash 4.4 and later. Candidates come quoted, with the blank after a finished word (typed_line.h), hence nospace.
constexpr std::string_view kBash = R"(# Completion of benchhost for bash, written by `benchhost completions bash`.
_benchhost() {
  local program=${COMP_WORDS[0]}
  case $program in '~/'*) program=$HOME/${program#??} ;; esac
  program=$(type -P -- "$program") || program=$(type -P benchhost) || return 0
  local -a answer
  mapfile -t answer < <("$program" complete bash -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  COMPREPLY=("${answer[@]:1}")
  ((${#COMPREPLY[@]} == 0)) || return 0
  case ${answer[0]-} in
    files) compopt -o default +o nospace ;;
    folders) compopt -o dirnames +o nospace ;;
  esac
}
complete -o nospace -F _benchhost benchhost
)";

// A file of fpath or one that is sourced.
constexpr std::string_view kZsh = R"(#compdef benchhost
# Completion of benchhost for zsh, written by `benchhost completions zsh`.
_benchhost() {
  local program=${(Q)words[1]}
  [[ $program != '~/'* ]] || program=$HOME/${program#'~/'}
  (( $+commands[$program] )) || [[ $program == */* && -x $program ]] || program=benchhost
  (( $+commands[$program] )) || [[ $program == */* ]] || return 1
  local -a answer finished unfinished
  answer=("${(@f)$(command -- "$program" complete zsh -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  local line text about
  for line in "${(@)answer[2,-1]}"; do
    text=${${line%%$'\t'*}//\\/\\\\}
    about=${line#*$'\t'}
    text=${text//:/\\:}${about:+:$about}
    case ${line%%$'\t'*} in
      *[=/]) unfinished+=("$text") ;;
      *) finished+=("$text") ;;
    esac
  done
  local found=1
  (( $#finished == 0 )) || { _describe -t values value finished && found=0 }
  (( $#unfinished == 0 )) || { _describe -t values value unfinished -S '' && found=0 }
  case $answer[1] in
    files)
      [[ $PREFIX != --*=* ]] || compset -P '*='
      _files && found=0
      ;;
    folders)
      [[ $PREFIX != --*=* ]] || compset -P '*='
      _files -/ && found=0
      ;;
  esac
  return found
}
if [[ $funcstack[1] == _benchhost ]]; then
  _benchhost "$@"
else
  compdef _benchhost benchhost
fi
)";

// Fish 3 and later.
constexpr std::string_view kFish = R"(# Completion of benchhost for fish, written by `benchhost completions fish`.
function __benchhost_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    command -q -- $program; or set program benchhost
    command -q -- $program; or return
    set -l answer (command $program complete fish -- $words[2..-1] "$current" 2>/dev/null)
    set -q answer[2]; and printf '%s\n' $answer[2..-1]
    # A path behind --flag= is completed alone and put back behind it.
    set -l flag (string match -r -- '^--[^=]*=' "$current")
    set -l path (string replace -r -- '^--[^=]*=' '' "$current")
    switch "$answer[1]"
        case files
            __fish_complete_path $path | string replace -r '^' -- "$flag"
        case folders
            __fish_complete_directories $path | string replace -r '^' -- "$flag"
    end
end
complete -c benchhost -f -a '(__benchhost_complete)'
)";

}  // namespace

std::optional<std::string_view> completion_script(std::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  return std::nullopt;
}

}  // namespace benchhost::cli
