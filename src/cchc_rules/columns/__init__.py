"""Whole columns at once: a method's arithmetic carried out on frames of many units, exact to the last digit."""
