"""Points: statement, tasks, catalogue, vouchers; merchants' and operators' sides."""
