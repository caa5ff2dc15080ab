"""The reviewer's room in Qt: windows that draw a `ui.review.session.Session` and call it."""
