"""`castkit worker`: lends this machine to a cluster."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click


@click.command()
@click.argument("address")
@click.option(
    "--gpus", metavar="N", type=click.IntRange(0, 1), help="Whether it may recognise on a GPU: 1 or 0; else found out."
)
@click.option(
    "--steps", metavar="N", type=click.IntRange(1, 64), default=1, show_default=True, help="Steps to work on at once."
)
@click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to keep files while they are worked on; else among the system's temporary ones.",
)
def worker(address: str, *, gpus: int | None, steps: int, folder: Path | None) -> None:
    """Work for the Dask scheduler at ADDRESS, until it ends or you press Ctrl-C.

    Who may talk to the scheduler can run anything on this machine: join only one
    that your own people alone can reach. The keys of the [cluster] store are
    taken from this machine's own AWS environment.

    Example: castkit worker tcp://head:8786 --gpus 1
    """
    from castkit.cluster import on_dask  # noqa: PLC0415

    found = int(on_dask.has_gpu()) if gpus is None else gpus
    click.echo(f"working for {address}: {steps} at once, {found or 'no'} GPU{'s' * (found > 1)}", err=True)
    if folder is not None:
        on_dask.work_for(address, folder, gpus=found, threads=steps)
    else:
        _among_temporary_files(address, gpus=found, threads=steps)
    click.echo("the scheduler has ended", err=True)


def _among_temporary_files(address: str, *, gpus: int, threads: int) -> None:
    from castkit.cluster import on_dask  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="castkit-worker-", ignore_cleanup_errors=True) as made:
        on_dask.work_for(address, Path(made), gpus=gpus, threads=threads)
