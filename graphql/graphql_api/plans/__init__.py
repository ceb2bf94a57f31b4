"""Care plans under the resident: what is proposed, what runs, how it goes."""
