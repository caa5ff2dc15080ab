"""What was found, as a document: one HTML page, a CSV of its events, and the JSON behind both."""

from conform.report.gather import Entry, Report, report
from conform.report.page import html
from conform.report.tables import csv, json

__all__ = ["Entry", "Report", "csv", "html", "json", "report"]
