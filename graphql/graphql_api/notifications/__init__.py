"""The inbox, choices and push addresses of the account that is signed in."""
