"""The product under hard use: many clients at once, killed processes, bad days. Real servers, real HTTP."""
