"""What was shown, opened, read, answered and liked: per resident, and counted for operators."""
