"""One file for each resource type that is modelled: JSON to body and back."""
