"""The annual report as a file: which formats there are, and its bytes in each."""

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from duban.exporting.report import AnnualReport
from duban.exporting.report_pdf import report_pdf
from duban.exporting.report_xlsx import write_report_xlsx
from duban.wording.wording import Wording


class ReportFormat(StrEnum):
    """What the tables of the report leave as."""

    XLSX = "xlsx"
    PDF = "pdf"


MEDIA: Final = {
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.PDF: "application/pdf",
}


def report_file(report: AnnualReport, kind: ReportFormat, words: Wording, font: Path | None = None) -> bytes:
    """The bytes of the report; a term's tables take some hundred kilobytes."""
    if kind is ReportFormat.PDF:
        return report_pdf(report, words, font)
    with TemporaryDirectory() as folder:
        path = Path(folder, "report.xlsx")
        write_report_xlsx(report, path, words)
        return path.read_bytes()
