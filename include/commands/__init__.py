"""What people type. Each command is thin: it reads its arguments and calls the same functions as the DAGs."""
