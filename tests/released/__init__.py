"""What each release asked of the database, so that the next schema can be asked the same."""
