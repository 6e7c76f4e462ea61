"""One grammar: each option has the variable SECGATE_<COMMAND>_<OPTION>, and each help text shows an example."""

import click
import pytest

from secgate.cli import cli


def commands(group=cli, words=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield pytest.param((*words, name), command, id=" ".join((*words, name)))


@pytest.mark.parametrize(("words", "command"), list(commands()))
def test_each_option_has_the_variable_of_its_name(words, command):
    for option in command.params:
        if not isinstance(option, click.Option) or not option.expose_value:
            continue
        long = next(word for word in option.opts if word.startswith("--")).lstrip("-").replace("-", "_")
        wanted = "_".join(("SECGATE", *words, long)).upper()
        found = option.envvar or "_".join(("SECGATE", *words, option.name)).upper()
        assert found == wanted


@pytest.mark.parametrize(("words", "command"), list(commands()))
def test_each_help_text_shows_an_example(words, command):
    assert "Example" in command.help
    assert f"secgate {words[0]}" in command.help
