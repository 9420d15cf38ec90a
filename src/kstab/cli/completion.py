"""``kstab completion``: completion of commands and options by the shell."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash:  eval "$(kstab completion bash)"     in ~/.bashrc
    zsh:   eval "$(kstab completion zsh)"      in ~/.zshrc
    fish:  kstab completion fish | source      in ~/.config/fish/config.fish
    """  # noqa: D301 - click wants the control character itself
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    root = context.find_root()
    if kind is not None:
        click.echo(kind(root.command, {}, "kstab", "_KSTAB_COMPLETE").source())
