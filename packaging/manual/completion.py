"""The completion of bash for one program, as a script that bash sources."""

_SCRIPT = """\
# bash completion for {name}; made from what {name} declares.

_{name}()
{{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} path={name} at
    for ((at = 1; at < COMP_CWORD; at++)); do
        case "$path ${{COMP_WORDS[at]}}" in
{steps}
        esac
    done
    COMPREPLY=()
    case "$path $before" in
{values}
    esac
    local words= files=
    case $path in
{words}
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    if [[ $files && $word != -* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$word")
    fi
}}
complete -F _{name} {name}
"""
_FILES = ("FILE", "PATH", "DIR")


def _takes_files(option: dict) -> bool:
    names = option["names"].split(",")
    return option["type"].startswith(_FILES) or bool({"file", "files", "paths", "--config", "--keys"} & set(names))


def _walk(command: dict, path: str = ""):
    name = f"{path} {command['name']}".strip()
    yield name, command
    for below in command["commands"]:
        yield from _walk(below, name)


def render(program: dict, reasons: list[str]) -> str:
    steps, values, words = [], [], []
    for path, command in _walk(program):
        steps += [f'            "{path} {below["name"]}") path="{path} {below["name"]}" ;;' for below in command["commands"]]
        known = [below["name"] for below in command["commands"]]
        files = False
        for option in command["options"]:
            names = option["names"].split(",")
            if option["positional"]:
                files = files or _takes_files(option)
                if path == "backstop explain":
                    known += reasons
                continue
            known += [name for name in names if name.startswith("--")]
            if option["type"]:
                cases = " | ".join(f'"{path} {name}"' for name in names)
                does = 'mapfile -t COMPREPLY < <(compgen -f -- "$word"); compopt -o filenames 2>/dev/null; ' if _takes_files(option) else ""
                values.append(f"        {cases}) {does}return ;;")
        words.append(f'        "{path}") words="{" ".join(known)}"{" files=yes" if files else ""} ;;')
    return _SCRIPT.format(name=program["name"], steps="\n".join(steps) or "            *) ;;", values="\n".join(values),
                          words="\n".join(words))
