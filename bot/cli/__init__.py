"""The command line: `python -m bot [--config FILE] COMMAND`; nothing else happens on import."""

from __future__ import annotations

from pathlib import Path

import click

from bot import __version__
from bot.cli.archive import archive
from bot.cli.backups import backup, restore
from bot.cli.importing import import_
from bot.cli.kits import kit
from bot.cli.ledger import export, migrate
from bot.cli.people import forget, invite, members
from bot.cli.scores import measures, ranking, scores
from bot.cli.serving import playground, run
from bot.cli.setting_up import check, init


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(version)s")
@click.option(
    "--config",
    default="config.toml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="配置文件 · The configuration file.",
)
@click.pass_context
def main(context: click.Context, config: Path) -> None:
    """督查机器人 · The inspection groups' bot.

    Exit codes: 0 done, 1 failed, 2 usage or configuration.
    """
    context.obj = config


COMMANDS = (
    run, playground, init, check, invite, members, export, scores, ranking, measures, migrate, backup,
    archive, import_, forget, kit,
    restore,
)  # fmt: skip

for command in COMMANDS:
    main.add_command(command)
