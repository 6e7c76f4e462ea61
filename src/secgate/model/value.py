"""What all values of the model share."""

from typing import Annotated

import msgspec

Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number that can be written too. JSON may hold longer ones: a file that does is refused when it is read."""


class Value(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Immutable, compared by content, strict when decoded; camelCase in files, defaults left out there.

    No value can hold itself, so the collector of cycles need not look at any of them: there may be a million.
    """
