"""(temporary) strict reading."""
import datetime as dt
from decimal import Decimal
from fractions import Fraction
from cchc_rules.errors import Finding, InputError, Place
from cchc_rules.texts import Text
def _no(place, raw): raise InputError(Finding(code="number-unreadable", place=place, reason=Text(f"{raw!r}", f"{raw!r}"), remedy=Text("x","x")))
def read_number(raw, place):
    if isinstance(raw,(int,Decimal)) and not isinstance(raw,bool): return Decimal(raw)
    if isinstance(raw,str): return Decimal(raw.replace(",","."))
    _no(place, raw)
def read_whole(raw, place): return int(read_number(raw, place))
def read_share(raw, place): return Fraction(Decimal(raw.replace("%","").replace(",",".").strip()))/100
def read_date(raw, place):
    if isinstance(raw, dt.date): return raw
    _no(place, raw)
