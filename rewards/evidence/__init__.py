"""What residents did, as far as points need it: kind, id, day. Holds no values."""
