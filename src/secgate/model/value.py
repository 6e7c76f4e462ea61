"""What all values of the model share."""

import msgspec


class Value(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Immutable, compared by content, strict when decoded; camelCase in files, defaults left out there.

    No value can hold itself, so the collector of cycles need not look at any of them: there may be a million.
    """
