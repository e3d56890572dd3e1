"""The picture of a lineage: bars on a time axis, how they join, who left and who led."""

from partyline.publishing.lineage.card import IS_AVAILABLE as HAS_CARDS
from partyline.publishing.lineage.drawing import Entry
from partyline.publishing.lineage.pictures import Picture, Pictures
from partyline.publishing.lineage.wording import MARK_WORDS, bar_dates, short_date

__all__ = ["HAS_CARDS", "MARK_WORDS", "Entry", "Picture", "Pictures", "bar_dates", "short_date"]
