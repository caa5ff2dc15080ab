"""What was found, as a document: one HTML page, a CSV of its events, and the JSON behind both."""

from conform.report.gather import Line, Report, report
from conform.report.page import html
from conform.report.tables import csv, json

__all__ = ["Line", "Report", "csv", "html", "json", "report"]
