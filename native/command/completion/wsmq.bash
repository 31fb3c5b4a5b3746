# Completion of the command wsmq for bash: subcommands, their options, and the values that some of these take.
# The options are asked of the command itself, so that they are always those of the installed one.

_wsmq() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }
  done
  COMPREPLY=()
  if [[ -z $command || $command == help ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" --list-commands 2>/dev/null) help --help --version" -- "$current")
    return
  fi
  for ((i = 2; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == -- ]] || continue
    # A program, and its arguments.
    local kind=-f
    ((i == COMP_CWORD - 1)) && kind=-c
    mapfile -t COMPREPLY < <(compgen $kind -- "$current")
    return
  done
  case $previous in
    --exec) mapfile -t COMPREPLY < <(compgen -c -- "$current") ;;
    --as) mapfile -t COMPREPLY < <(compgen -W "webapp service device" -- "$current") ;;
    --progress) mapfile -t COMPREPLY < <(compgen -W "err out none" -- "$current") ;;
    -q | --qos | --will-qos | --retain-handling) mapfile -t COMPREPLY < <(compgen -W "0 1 2" -- "$current") ;;
    -V | --protocol-version) mapfile -t COMPREPLY < <(compgen -W "5 311 31" -- "$current") ;;
    -f | --file | --cafile | --cert | --key | --config | --store | --unix | --metrics-file) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --tls-version) mapfile -t COMPREPLY < <(compgen -W "tlsv1.2 tlsv1.3" -- "$current") ;;
    --capath) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    -h | --host) mapfile -t COMPREPLY < <(compgen -A hostname -- "$current") ;;
    -L | --url) mapfile -t COMPREPLY < <(compgen -W "mqtt:// mqtts:// ws:// wss:// mqtt+unix://" -- "$current") ;;
    -D | --property) mapfile -t COMPREPLY < <(compgen -W "connect will publish subscribe unsubscribe" -- "$current") ;;
    *)
      if [[ $current == -* || -z $current ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "$command" --list-options 2>/dev/null)" -- "$current")
      fi
      ;;
  esac
}

complete -o filenames -F _wsmq wsmq
