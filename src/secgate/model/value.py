"""What all values of the model share."""

import msgspec


class Value(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """Immutable, compared by content, strict when decoded; camelCase in files, defaults left out there."""
