"""Counting rows for a list without reading all of them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import connections, models
from django.utils.functional import cached_property

COUNTED_EXACTLY = 10_000
MOST_PAGES = 200


class LargePaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to 10,000 rows exactly; beyond that the database's own estimate has to do.

    Nobody turns to page 201: a filter is quicker, and the database would read all pages before.
    """

    object_list: Any

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, models.QuerySet):
            return len(rows)
        exact = rows.order_by()[: COUNTED_EXACTLY + 1].count()
        if exact <= COUNTED_EXACTLY or rows.query.where:
            return exact
        return max(exact, _estimate(rows))

    @cached_property
    def num_pages(self) -> int:
        return min(super().num_pages, MOST_PAGES)


def _estimate(rows: models.QuerySet[Any]) -> int:
    connection = connections[rows.db]
    if connection.vendor != "postgresql":
        return int(rows.order_by().aggregate(last=models.Max("pk"))["last"] or 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
            [f'"{rows.model._meta.db_table}"'],
        )
        return int(cursor.fetchone()[0])
