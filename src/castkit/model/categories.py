"""Apple's podcast categories, which every directory uses.

Rule: a category that is not here is refused by Apple; a subcategory is written `Education > Courses`.
Source: https://podcasters.apple.com/support/1691-apple-podcasts-categories (the list of 2019, still in force).
"""

from __future__ import annotations

SEPARATOR = ">"

_TABLE = """
Arts: Books | Design | Fashion & Beauty | Food | Performing Arts | Visual Arts
Business: Careers | Entrepreneurship | Investing | Management | Marketing | Non-Profit
Comedy: Comedy Interviews | Improv | Stand-Up
Education: Courses | How To | Language Learning | Self-Improvement
Fiction: Comedy Fiction | Drama | Science Fiction
Government:
Health & Fitness: Alternative Health | Fitness | Medicine | Mental Health | Nutrition | Sexuality
History:
Kids & Family: Education for Kids | Parenting | Pets & Animals | Stories for Kids
Leisure: Animation & Manga | Automotive | Aviation | Crafts | Games | Hobbies | Home & Garden | Video Games
Music: Music Commentary | Music History | Music Interviews
News: Business News | Daily News | Entertainment News | News Commentary | Politics | Sports News | Tech News
Religion & Spirituality: Buddhism | Christianity | Hinduism | Islam | Judaism | Religion | Spirituality
Science: Astronomy | Chemistry | Earth Sciences | Life Sciences | Mathematics | Natural Sciences | Nature | Physics \
| Social Sciences
Society & Culture: Documentary | Personal Journals | Philosophy | Places & Travel | Relationships
Sports: Baseball | Basketball | Cricket | Fantasy Sports | Football | Golf | Hockey | Rugby | Running | Soccer \
| Swimming | Tennis | Volleyball | Wilderness | Wrestling
TV & Film: After Shows | Film History | Film Interviews | Film Reviews | TV Reviews
Technology:
True Crime:
"""


def _read(table: str) -> dict[str, tuple[str, ...]]:
    rows = (line.split(":") for line in table.strip().splitlines())
    return {name: tuple(sub.strip() for sub in subs.split("|") if sub.strip()) for name, subs in rows}


_SUBCATEGORIES = _read(_TABLE)
# Every way to write one in castkit.toml: `Education`, `Education > Courses`.
CATEGORIES: tuple[str, ...] = tuple(
    name for top, subs in _SUBCATEGORIES.items() for name in (top, *(f"{top} {SEPARATOR} {sub}" for sub in subs))
)


def split(category: str) -> tuple[str, str]:
    """The category and its subcategory (empty where there is none) of `Education > Courses`."""
    top, _, sub = category.partition(SEPARATOR)
    return top.strip(), sub.strip()


def is_known(category: str) -> bool:
    """Whether Apple has this category, whatever the blanks around its separator."""
    top, sub = split(category)
    return top in _SUBCATEGORIES and (not sub or sub in _SUBCATEGORIES[top])
