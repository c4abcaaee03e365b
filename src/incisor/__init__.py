"""Incisor 门牙: the operating system of a dental clinic's front desk."""

__version__ = "0.1.0"
