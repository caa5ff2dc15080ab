"""Regions, and the stems that are written from them and proved against picture and recorder."""
