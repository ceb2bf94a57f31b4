"""What points may be had for: offers, vouchers, and the merchants who take them."""
