"""Commands before the first start and after every change: `init`, `check`."""

from __future__ import annotations

import sys

import click

from bot.cli.opening import FAILED, USAGE, config_path, give_up, read_settings


@click.command()
def init() -> None:
    """写一份配置文件 · Write a configuration to start from; an existing one is never touched."""
    from bot.config import EXAMPLE

    path = config_path()
    if not EXAMPLE.is_file():
        give_up(FAILED, f"找不到 {EXAMPLE.name} · the example is missing: take it from the project's folder")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(EXAMPLE.read_text(encoding="utf-8"))
    except FileExistsError:
        give_up(
            USAGE, f"已有 {path}，没有改动 · {path} exists and was left as it is: choose another --config"
        )
    except OSError as error:
        give_up(FAILED, f"写不了 {path}：{error.strerror} · cannot be written")
    path.chmod(0o600)  # a token will stand in it
    named = "" if path.name == str(path) == "config.toml" else f"--config {path} "
    click.echo(f"已写好 {path} · written")
    click.echo(
        "1. 向 @BotFather 申请令牌，填入 [telegram] token（或设 BOT_TOKEN）· put in a token of @BotFather"
    )
    click.echo(f"2. python -m bot {named}check，再 then python -m bot {named}run")


SIGNS = {"good": "✓", "odd": "!", "mend": "✗"}


@click.command()
def check() -> None:
    """检查配置、令牌、群、频道、字体、磁盘、数据库 · Look at everything and name the mend for each."""
    from bot.cli import checks

    settings = read_settings()
    bound: list[checks.Bound] = []
    to_mend = 0
    for part in (
        lambda: checks.on_this_machine(settings),
        lambda: checks.ledger(settings, bound),
        lambda: checks.telegram(settings, bound),
    ):
        for finding in part():
            click.echo(f"{SIGNS[finding.level]} {finding.what}: {finding.said}")
            if finding.mend:
                click.echo(f"    → {finding.mend}")
            to_mend += finding.level is checks.Level.MEND
    if to_mend:
        click.echo(f"{to_mend} 处须处理 · {to_mend} to mend")
        sys.exit(FAILED)
    click.echo("可以运行 · ready to run")
