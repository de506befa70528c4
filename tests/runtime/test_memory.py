import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from duban.runtime.postgres import EmbeddedPostgres

JOINED = (
    "select string_agg(repeat('x', 400), '') from generate_series(1, 2000)"  # 800 kB, as a page of the log
)
OURS = """
import resource
from duban.runtime import memory

def faults(times):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        [b"x" * 2_000_000 for _ in range(5)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

memory.keep()
faults(2)
print(faults(10))
"""


def _faults(process: int) -> int:
    """Pages of memory that the system had to map for a process so far."""
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[7])


@pytest.mark.postgres
async def test_the_database_reuses_the_memory_of_the_page_before(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, options={"fsync": "off", "shared_buffers": "16MB"})
    try:
        connection = await asyncpg.connect(await server.start())
        for _ in range(3):
            await connection.fetchval(JOINED)

        before = _faults(connection.get_server_pid())
        for _ in range(10):
            await connection.fetchval(JOINED)
        mapped = _faults(connection.get_server_pid()) - before
        await connection.close()
    finally:
        await server.stop()

    assert mapped < 200, "of 10 answers of 200 pages each"


def test_a_process_of_ours_reuses_its_large_pieces() -> None:
    mapped = subprocess.run([sys.executable, "-c", OURS], capture_output=True, text=True, check=True).stdout

    assert int(mapped) < 500, "of 50 pieces of 488 pages each"
