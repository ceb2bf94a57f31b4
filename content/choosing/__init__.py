"""Who somebody is as far as content needs it, what must not be shown to them, what suits them."""
